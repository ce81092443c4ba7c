package pie.engine.model;

import com.hubspot.jinjava.interpret.Context;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import pie.engine.ErrorCode;
import pie.engine.PieException;

/** Rewrite what Jinjava reads in another way than Python's Jinja, so that it means the same. Text outside of tags stays. */
final class JinjaDialect {
    private static final Pattern TAG = Pattern.compile("\\{%.*?%}|\\{\\{.*?}}", Pattern.DOTALL);

    /** Slices with a step are no syntax there; reversing is the one that templates use. */
    private static final Pattern REVERSED = Pattern.compile("\\[\\s*::\\s*-1\\s*]");

    /** {@code not a == b} binds as {@code (not a) == b} there. */
    private static final Pattern NEGATED =
            Pattern.compile("\\bnot\\s+(?!\\()([\\w.|\\[\\]'\"]+\\s*(?:==|!=|<=|>=|<|>|\\bin\\b)\\s*[\\w.\\[\\]'\"]+)");

    /** {@code f(a=b|length - 1)} binds as {@code (a=b|length) - 1} there. */
    private static final Pattern NAMED =
            Pattern.compile("([(,]\\s*\\w+\\s*=\\s*)([\\w.]+\\s*(?:\\|\\s*\\w+)?\\s*[-+*/]\\s*[\\w.]+)(?=\\s*[,)])");

    private static final Pattern LITERAL =
            Pattern.compile("'(?:\\\\.|[^'\\\\])*'|\"(?:\\\\.|[^\"\\\\])*\"", Pattern.DOTALL);
    private static final Pattern FILTER = Pattern.compile("\\|\\s*([A-Za-z_]\\w*)");
    private static final Pattern TEST = Pattern.compile("\\bis\\s+(?:not\\s+)?([A-Za-z_]\\w*)");

    private JinjaDialect() {}

    /** @throws PieException UNSUPPORTED for a filter or test that does not exist: Jinjava would render nothing and say nothing */
    static String rewrite(String source) {
        TAG.matcher(source)
                .results()
                .forEach(tag -> check(LITERAL.matcher(tag.group()).replaceAll("''")));
        return TAG.matcher(source).replaceAll(tag -> Matcher.quoteReplacement(rewriteTag(tag.group())));
    }

    private static void check(String tag) {
        Context known = JinjaEngine.instance().getGlobalContext();
        FILTER.matcher(tag).results().map(match -> match.group(1)).forEach(name -> {
            if (known.getFilter(name) == null) {
                throw unknown("filter", name);
            }
        });
        TEST.matcher(tag).results().map(match -> match.group(1)).forEach(name -> {
            if (known.getExpTest(name) == null) {
                throw unknown("test", name);
            }
        });
    }

    private static PieException unknown(String kind, String name) {
        return new PieException(
                ErrorCode.UNSUPPORTED, "the chat template failed: pie knows no " + kind + " \"" + name + "\"");
    }

    private static String rewriteTag(String tag) {
        String reversed = REVERSED.matcher(tag).replaceAll("|reverse");
        String negated = NEGATED.matcher(reversed).replaceAll("not ($1)");
        return NAMED.matcher(negated).replaceAll("$1($2)");
    }
}
