"""The review as text for people and programs: terminal, Markdown, HTML, JSON and CSV say the same."""
