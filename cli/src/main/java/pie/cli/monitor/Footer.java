package pie.cli.monitor;

import pie.cli.monitor.Snapshot.Program;
import pie.cli.tui.Canvas;
import pie.cli.tui.Ink;
import pie.cli.tui.Rect;

/** Draw the last line: what keys do here, what is being typed, or what is asked. */
final class Footer {
    private Footer() {}

    static void draw(Canvas canvas, Rect r, Scene scene) {
        View view = scene.view();
        int x = r.x() + 1;
        switch (view.mode) {
            case FILTER -> {
                int at = canvas.put(x, r.y(), "filter ", Ink.DIM);
                at = canvas.put(at, r.y(), view.filter.text(), Ink.STRONG, r.width() - 30);
                canvas.put(at, r.y(), '▏', Ink.ACCENT);
                canvas.putRight(r.right() - 1, r.y(), "enter keep   esc undo", Ink.DIM);
            }
            case KILL -> question(canvas, r, scene);
            default -> {
                if (!view.notice.isEmpty()) {
                    canvas.putCut(x, r.y(), view.notice, Ink.ACCENT, r.width() - 2);
                } else {
                    keys(canvas, r, hints(scene));
                }
            }
        }
    }

    private static void question(Canvas canvas, Rect r, Scene scene) {
        Program p = scene.programs().stream()
                .filter(q -> q.id().equals(scene.view().chosen))
                .findFirst()
                .orElse(null);
        String what = p == null ? "it has ended" : "end " + p.shortId() + " " + p.program() + " of " + p.owner() + "?";
        int at = canvas.put(r.x() + 1, r.y(), what, Ink.WARN);
        if (p != null) {
            keys(canvas, r.rightOf(at + 3 - r.x()), new String[][] {{"y", "interrupt"}, {"K", "kill"}, {"n", "no"}});
        }
    }

    private static String[][] hints(Scene scene) {
        String leave = scene.serves() ? "leave, server goes on" : "leave";
        return switch (scene.view().mode) {
            case DETAIL ->
                new String[][] {{"↑↓", "scroll"}, {"w", "wrap"}, {"k", "kill"}, {"q", "back"}, {"?", "help"}};
            case HELP, MARKET, LOG -> new String[][] {{"↑↓", "scroll"}, {"q", "back"}};
            default ->
                scene.serves()
                        ? new String[][] {
                            {"enter", "detail"},
                            {"s", "sort"},
                            {"/", "filter"},
                            {"k", "kill"},
                            {"g", "graph"},
                            {"m", "market"},
                            {"l", "log"},
                            {"?", "help"},
                            {"q", leave},
                            {"^C", "stop"}
                        }
                        : new String[][] {
                            {"enter", "detail"},
                            {"s", "sort"},
                            {"/", "filter"},
                            {"k", "kill"},
                            {"g", "graph"},
                            {"m", "market"},
                            {"p", "pause"},
                            {"?", "help"},
                            {"q", leave}
                        };
        };
    }

    private static void keys(Canvas canvas, Rect r, String[][] hints) {
        int cells = 0;
        for (String[] hint : hints) {
            cells += Canvas.cells(hint[0]) + Canvas.cells(hint[1]) + 1;
        }
        int gap = Math.clamp((r.width() - 2L - cells) / Math.max(1, hints.length - 1), 1, 3);
        int at = r.x() + 1;
        for (String[] hint : hints) {
            if (at + Canvas.cells(hint[0]) + Canvas.cells(hint[1]) + 1 > r.right()) {
                return;
            }
            at = canvas.put(at, r.y(), hint[0], Ink.ACCENT);
            at = canvas.put(at + 1, r.y(), hint[1], Ink.DIM) + gap;
        }
    }
}
