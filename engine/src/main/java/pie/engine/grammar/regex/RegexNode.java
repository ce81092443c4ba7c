package pie.engine.grammar.regex;

import java.util.List;
import pie.engine.grammar.expr.CodePoints;

/** A parsed regular expression. */
sealed interface RegexNode {
    record Chars(CodePoints set) implements RegexNode {}

    record Sequence(List<RegexNode> parts) implements RegexNode {}

    record Choice(List<RegexNode> parts) implements RegexNode {}

    record Repeat(RegexNode part, int least, int most) implements RegexNode {}

    /** {@code ^}, or {@code $} if {@code end}. */
    record Anchor(boolean end) implements RegexNode {}
}
