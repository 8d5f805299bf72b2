// Builders.
