"""The editor's desk: a face. Each view reads values from `catalog.desk`, or makes one call to one room."""
