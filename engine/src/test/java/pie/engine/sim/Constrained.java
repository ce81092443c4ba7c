package pie.engine.sim;

import pie.engine.grammar.Matcher;

/** Describe a generation that is held to a grammar: the matcher that it was given, and the length of the context when it began. */
record Constrained(Matcher source, int start) {}
