package pie.cli.monitor;

import pie.cli.tui.Figures;

/** Say on one line of plain text what a server does: for pipes, logs and terminals that cannot be drawn on. */
public final class PlainLine {
    private PlainLine() {}

    /** Return one line, words and numbers in pairs, without an end. */
    public static String of(Snapshot s, String clock) {
        var line = new StringBuilder(clock);
        add(line, "running", Figures.count(s.requests().running()));
        add(line, "waiting", Figures.count(s.requests().waiting()));
        for (Snapshot.Model m : s.models()) {
            if (s.models().size() > 1) {
                line.append("  ").append(m.name());
            }
            add(line, "kv", Figures.percent(m.pages().used() / m.pages().total()));
            add(
                    line,
                    "batch",
                    Figures.count(m.batch().tokens()) + "/"
                            + Figures.count(m.batch().size()));
            add(line, "busy", Figures.wholePercent(m.util()));
            add(line, "prefill", Figures.si(m.prefill()) + "/s");
            add(line, "decode", Figures.si(m.decode()) + "/s");
            add(line, "tpot", Figures.millis(m.tokenMillis()).replace(" ", ""));
            add(line, "price", Figures.credits(m.market().price()));
        }
        add(line, "ttft_p95", Figures.millis(s.requests().ttft95()).replace(" ", ""));
        add(line, "req/s", Figures.si(s.requests().perSecond()));
        return line.toString();
    }

    private static void add(StringBuilder line, String word, String value) {
        line.append("  ").append(word).append(' ').append(value);
    }
}
