"""The workbench over HTTP: each module here adds the routes of one matter to one `Bench`."""
