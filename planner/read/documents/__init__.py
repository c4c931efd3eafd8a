"""Files, folders and streams as documents whose every field knows its file and line."""
