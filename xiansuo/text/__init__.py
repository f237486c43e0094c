"""Reads a letter: one written form, sentences, turns, words, entities, and the mask that hides petitioners."""
