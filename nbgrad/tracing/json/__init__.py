"""A trace as JSON: the schema, its writer and its reader."""
