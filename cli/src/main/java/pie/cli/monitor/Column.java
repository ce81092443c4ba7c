package pie.cli.monitor;

import java.util.Comparator;
import java.util.function.Function;
import pie.cli.monitor.Snapshot.Program;
import pie.cli.tui.Figures;

/** Name the columns of the table of programs. */
enum Column {
    PID("PID", 8, false, Program::shortId, Comparator.comparing(Program::id)),
    OWNER("OWNER", 6, false, Program::owner, Comparator.comparing(Program::owner)),
    PROGRAM("PROGRAM", 12, false, Program::program, Comparator.comparing(Program::program)),
    LANGUAGE("LANGUAGE", 10, false, Program::language, Comparator.comparing(Program::language)),
    STATE("STATE", 10, false, Program::place, Comparator.comparing(Program::place)),
    SHARE("SHARE", 6, true, p -> Figures.percent(p.share()), Comparator.comparingDouble(Program::share)),
    BID("BID", 5, true, p -> Figures.credits(p.bid()), Comparator.comparingDouble(Program::bid)),
    BALANCE("BAL", 5, true, p -> Figures.credits(p.balance()), Comparator.comparingDouble(Program::balance)),
    PAGES("PAGES", 5, true, p -> Figures.count(p.pages()), Comparator.comparingDouble(Program::pages)),
    TOKENS("TOKENS", 6, true, p -> Figures.count(p.tokens()), Comparator.comparingDouble(Program::tokens)),
    RATE("TOK/S", 5, true, p -> Figures.si(p.rate()), Comparator.comparingDouble(Program::rate)),
    TIME(
            "TIME",
            6,
            true,
            p -> Figures.shortAge(p.elapsedSeconds()),
            Comparator.comparingDouble(Program::elapsedSeconds));

    final String head;
    final int width;
    final boolean number;
    final Function<Program, String> text;
    final Comparator<Program> order;

    Column(String head, int width, boolean number, Function<Program, String> text, Comparator<Program> order) {
        this.head = head;
        this.width = width;
        this.number = number;
        this.text = text;
        this.order = order;
    }

    /** Return the order in which one looks for it: numbers from the largest, words from A. */
    Comparator<Program> natural() {
        return number ? order.reversed() : order;
    }
}
