"""The stepper: its payload, widget, page and static story."""
