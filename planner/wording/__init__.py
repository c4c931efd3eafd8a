"""Sentences for people, made last from codes and parameters: no room that decides anything knows a word of them."""
