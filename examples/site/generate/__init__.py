"""Pages that are made from the code: operations, notebooks, gallery."""
