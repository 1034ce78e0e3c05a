"""The rule language: parts of rules as data, and their three-valued, explained evaluation."""
