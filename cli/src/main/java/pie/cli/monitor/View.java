package pie.cli.monitor;

/** Say what is looked at and how. Keys alone change it, on the monitor's one thread. */
final class View {
    /** Name what is in front. */
    enum Mode {
        TABLE,
        MARKET,
        LOG,
        DETAIL,
        HELP,
        /** The table, and on the last line what is being typed. */
        FILTER,
        /** What was in front, and on the last line the question. */
        KILL
    }

    Mode mode = Mode.TABLE;
    /** Mode to come back to from a question or the help. */
    Mode behind = Mode.TABLE;
    /** Id of the program that the mark is on, empty for the first. */
    String chosen = "";

    Column sort = Column.SHARE;
    boolean reversed;
    Filter filter = Filter.NONE;
    /** Filter before what is being typed. */
    Filter before = Filter.NONE;
    /** Lines that the pane in front is scrolled back. */
    int offset;
    /** Place of the first graph that is drawn. */
    int graph;

    int model;
    boolean paused;
    boolean wraps = true;
    /** What a key came to, until the next one. */
    String notice = "";

    void open(Mode next) {
        behind = mode;
        mode = next;
        offset = 0;
    }

    void back() {
        mode = behind == mode ? Mode.TABLE : behind;
        behind = Mode.TABLE;
        offset = 0;
    }
}
