package pie.server.profile;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import pie.engine.process.InferletProcess;
import pie.engine.trace.Entry;
import pie.engine.trace.Lane;
import pie.engine.trace.Note;
import pie.engine.trace.Timeline;

/** Draw the lanes of a process over time, and below them its own code as a flame graph. */
final class Drawing {
    static final int WIDTH = 1200;
    private static final int LEFT = 92;
    private static final int RIGHT = 12;
    private static final int ROW = 24;
    private static final int PAGES = 36;
    private static final int FRAME = 18;
    private static final int TICKS = 8;
    private static final String LABEL = " fill=\"currentColor\"";
    private static final String PALE = " fill=\"currentColor\" opacity=\".6\"";
    private static final String FRAME_TEXT = " fill=\"#222\" pointer-events=\"none\"";

    private final InferletProcess process;
    private final Timeline timeline;
    private final Lanes lanes;
    private final double scale;

    private Drawing(InferletProcess process, Timeline timeline, Lanes lanes) {
        this.process = process;
        this.timeline = timeline;
        this.lanes = lanes;
        scale = (WIDTH - LEFT - RIGHT) / (double) lanes.wall();
    }

    static Drawing of(InferletProcess process, Timeline timeline, Lanes lanes) {
        return new Drawing(process, timeline, lanes);
    }

    /** Return everything as one picture. */
    String svg() {
        var out = new Svg();
        FlameTree tree = FlameTree.of(timeline.samples());
        int top = 84;
        int flameTop = top + lanesHeight() + 40;
        int height = flameTop + flameHeight(tree) + 12;
        out.add(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"-12 0 %d %d\" width=\"%d\" height=\"%d\" color=\"#222\"",
                WIDTH + 24, height, WIDTH + 24, height);
        out.add(
                " font-family=\"system-ui,sans-serif\" font-size=\"11\"><rect x=\"-12\" width=\"%d\" height=\"%d\" fill=\"#fff\"/>",
                WIDTH + 24, height);
        out.text(0, 24, LABEL + " font-size=\"16\" font-weight=\"600\"", process.program());
        out.text(0, 42, PALE, Svg.time(lanes.wall()) + " of " + process.language() + " on " + process.model());
        shares(out, 52, 14);
        out.add("<g transform=\"translate(0 %d)\">", top);
        lanes(out);
        out.add("</g>");
        out.text(0, flameTop - 10, LABEL + " font-weight=\"600\"", flameTitle(tree));
        out.add("<g transform=\"translate(0 %d)\">", flameTop);
        flame(out, tree);
        return out.add("</g></svg>\n").toString();
    }

    /** Draw the parts of the wall time side by side. */
    void shares(Svg out, double y, double height) {
        double x = 0;
        for (Part part : Part.values()) {
            for (var sum : Summary.sorted(lanes.totals().getOrDefault(part, Map.of()))) {
                String name = part == Part.CALLS ? part.word() : sum.getKey();
                double width = WIDTH * (double) sum.getValue() / lanes.wall();
                String title = sum.getKey() + " " + Svg.time(sum.getValue()) + ", "
                        + Svg.percent((double) sum.getValue() / lanes.wall());
                out.rect(x, y, width, height, Colours.of(name), title);
                if (width > 46) {
                    out.text(x + 4, y + height - 3, " fill=\"#fff\" pointer-events=\"none\"", cut(name, width - 8));
                }
                x += width;
            }
        }
    }

    int lanesHeight() {
        return 5 * ROW + PAGES + ROW + 22;
    }

    /** Draw the lanes, one below the other, over a common axis of time. */
    void lanes(Svg out) {
        axis(out);
        int y = 0;
        for (Part part : List.of(Part.GUEST, Part.CALLS, Part.FORWARD, Part.WAITS)) {
            out.text(0, y + 16, LABEL, part.word());
            Row row = row(out, y);
            for (Slice s : lanes.slices()) {
                if (s.part() == part || part == Part.WAITS && s.part() == Part.LOST) {
                    String colour = Colours.of(part == Part.CALLS || part == Part.FORWARD ? part.word() : s.name());
                    row.span(s.name(), colour, s.begin(), s.end(), title(s.name(), s.begin(), s.end(), ""));
                }
            }
            row.end();
            y += ROW;
        }
        out.text(0, y + 16, LABEL, "steps");
        Row row = row(out, y);
        List<Entry> steps = timeline.entries(Lane.STEPS);
        for (Entry e : steps) {
            row.span(e.name(), Colours.of(e.name()), e.begin(), e.end(), title(e.name(), e.begin(), e.end(), told(e)));
        }
        row.end();
        y += ROW;
        memory(out, y, steps);
        y += PAGES;
        output(out, y);
    }

    private Row row(Svg out, int y) {
        return new Row(out, LEFT, scale, lanes.begin(), y + 3, ROW - 6);
    }

    private void axis(Svg out) {
        int bottom = lanesHeight() - 20;
        for (int i = 0; i <= TICKS; i++) {
            double x = LEFT + (WIDTH - LEFT - RIGHT) * (double) i / TICKS;
            out.add("<line x1=\"%1$.1f\" x2=\"%1$.1f\" y1=\"0\" y2=\"%2$d\" stroke=\"#8883\"/>", x, bottom);
            String anchor = i == TICKS ? " text-anchor=\"end\"" : i == 0 ? "" : " text-anchor=\"middle\"";
            out.text(x, bottom + 14, PALE + anchor, Svg.time(lanes.wall() * i / TICKS));
        }
    }

    private void memory(Svg out, int y, List<Entry> steps) {
        out.text(0, y + 22, LABEL, "memory");
        int most = 1;
        for (Entry e : steps) {
            most = e.note() instanceof Note.Step s ? Math.max(most, s.pages()) : most;
        }
        var path = new StringBuilder();
        double last = Double.NEGATIVE_INFINITY;
        double base = y + PAGES - 4.0;
        double at = base;
        for (Entry e : steps) {
            if (e.note() instanceof Note.Step s && x(e.end()) - last >= 1) {
                last = x(e.end());
                path.append(path.isEmpty() ? 'M' : 'L').append(point(last, at)).append('L');
                at = base - (PAGES - 8.0) * s.pages() / most;
                path.append(point(last, at));
            }
        }
        if (!path.isEmpty()) {
            path.append('L').append(point(WIDTH - RIGHT, at));
            out.add("<path d=\"%s\" fill=\"none\" stroke=\"#4f86b8\" stroke-width=\"1.5\"/>", path.toString());
            out.text(WIDTH - RIGHT, y + 10, PALE + " text-anchor=\"end\"", "at most " + most + " pages");
        }
        for (Entry e : timeline.entries(Lane.MEMORY)) {
            long to = Math.max(e.end(), e.begin() + (long) (1.5 / scale));
            String name = e.name().equals("displaced") ? "allocation" : e.name();
            out.rect(
                    x(e.begin()),
                    y + 3,
                    (to - e.begin()) * scale,
                    PAGES - 6,
                    Colours.of(name),
                    title(e.name(), e.begin(), e.end(), told(e)));
        }
    }

    private void output(Svg out, int y) {
        out.text(0, y + 16, LABEL, "output");
        Row row = row(out, y);
        long width = (long) (2 / scale);
        for (Entry e : timeline.entries(Lane.OUTPUT)) {
            row.span(
                    e.name(),
                    Colours.of(e.name()),
                    e.begin(),
                    e.begin() + width,
                    title(e.name(), e.begin(), e.end(), told(e)));
        }
        row.end();
    }

    private double x(long nanos) {
        return LEFT + (nanos - lanes.begin()) * scale;
    }

    private static String point(double x, double y) {
        return String.format(Locale.ROOT, "%.1f %.1f", x, y);
    }

    private String title(String name, long from, long to, String more) {
        String span = to > from ? " " + Svg.time(to - from) : "";
        return name + span + " at " + Svg.time(from - lanes.begin()) + (more.isEmpty() ? "" : "\n" + more);
    }

    private static String told(Entry entry) {
        return switch (entry.note()) {
            case Note.Step s ->
                "step " + s.step() + ": " + s.tokens() + " of " + s.batchTokens() + " tokens, " + s.batchSize()
                        + " contexts in the batch"
                        + (s.mates().isEmpty() ? "" : "\nwith " + String.join(" ", s.mates()))
                        + (s.others() == 0 ? "" : "\nwith " + s.others() + " of other owners")
                        + (s.drafts() == 0 ? "" : "\n" + s.accepted() + " of " + s.drafts() + " drafts held");
            case Note.Amount a -> a.value() + " " + a.what();
            case Note.Asked a -> a.place().at();
            case Note.Operation o -> o.place().at();
            case Note.Nothing n -> "";
        };
    }

    String flameTitle(FlameTree tree) {
        long guest = lanes.total(Part.GUEST) + lanes.total(Part.CALLS);
        return "own code by line: " + Svg.time(tree.nanos()) + " of " + Svg.time(guest) + " sampled";
    }

    int flameHeight(FlameTree tree) {
        return Math.max(1, tree.depth() - 1) * FRAME;
    }

    /** Draw own code by line: below a line what it calls, as wide as it took. */
    void flame(Svg out, FlameTree tree) {
        if (tree.nanos() == 0) {
            out.text(0, 13, PALE, "no sample fell into code of the program");
            return;
        }
        below(out, tree, 0, WIDTH, 0, tree.nanos());
    }

    private void below(Svg out, FlameTree node, double x, double width, int level, long all) {
        double at = x;
        for (FlameTree child : node.below()) {
            double part = width * child.nanos() / Math.max(1, node.nanos());
            if (part >= 1) {
                String title = child.label() + "\n" + Svg.time(child.nanos()) + ", "
                        + Svg.percent((double) child.nanos() / all) + " of what was sampled";
                out.rect(at, FRAME * level, part - 0.5, FRAME - 1, Colours.line(child.label()), title);
                if (part > 30) {
                    out.text(at + 3, FRAME * level + 12.5, FRAME_TEXT, cut(child.label(), part - 6));
                }
                below(out, child, at, part, level + 1, all);
            }
            at += part;
        }
    }

    private static String cut(String text, double width) {
        int most = (int) (width / 6.2);
        return text.length() <= most ? text : most < 3 ? "" : text.substring(0, most - 1) + "…";
    }
}
