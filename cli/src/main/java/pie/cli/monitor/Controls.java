package pie.cli.monitor;

import java.util.List;
import pie.cli.monitor.Snapshot.Program;
import pie.cli.monitor.View.Mode;
import pie.cli.tui.Key;

/** Turn keys into changes of the view. */
final class Controls {
    private static final int PAGE = 10;

    private final View view;
    private final Actions actions;

    Controls(View view, Actions actions) {
        this.view = view;
        this.actions = actions;
    }

    /** Take one key. Return false to leave. */
    boolean press(Key key, Scene scene) {
        view.notice = "";
        return switch (view.mode) {
            case FILTER -> filter(key);
            case KILL -> question(key);
            case TABLE -> table(key, scene);
            case MARKET, LOG, DETAIL, HELP -> pane(key, scene);
        };
    }

    private boolean filter(Key key) {
        String text = view.filter.text();
        switch (key) {
            case Key.Char(int c) -> view.filter = new Filter(text + Character.toString(c));
            case Key.Name.BACKSPACE ->
                view.filter =
                        new Filter(text.isEmpty() ? "" : text.substring(0, text.offsetByCodePoints(text.length(), -1)));
            case Key.Name.ENTER -> view.back();
            case Key.Name.ESCAPE -> {
                view.filter = view.before;
                view.back();
            }
            default -> {}
        }
        return true;
    }

    private boolean question(Key key) {
        if (key instanceof Key.Char(int c) && (c == 'y' || c == 'K')) {
            actions.end(view.chosen, c == 'K');
        }
        view.back();
        return true;
    }

    private boolean table(Key key, Scene scene) {
        switch (key) {
            case Key.Name.UP -> move(scene, -1);
            case Key.Name.DOWN -> move(scene, 1);
            case Key.Name.PAGE_UP -> move(scene, -PAGE);
            case Key.Name.PAGE_DOWN -> move(scene, PAGE);
            case Key.Name.HOME -> move(scene, -scene.programs().size());
            case Key.Name.END -> move(scene, scene.programs().size());
            case Key.Name.ENTER -> choose(scene, Mode.DETAIL);
            case Key.Name.TAB -> view.model++;
            case Key.Name.ESCAPE -> {
                if (view.filter.isEmpty()) {
                    return false;
                }
                view.filter = Filter.NONE;
            }
            case Key.Char(int c) -> {
                return letter(c, scene);
            }
            default -> {}
        }
        return true;
    }

    private boolean letter(int c, Scene scene) {
        switch (c) {
            case 'q' -> {
                return false;
            }
            case 'j' -> move(scene, 1);
            case 'k' -> choose(scene, Mode.KILL);
            case 's' -> sort();
            case 'S' -> view.reversed = !view.reversed;
            case '/' -> {
                view.before = view.filter;
                view.open(Mode.FILTER);
            }
            case 'g' -> view.graph++;
            case 'G' -> view.graph--;
            case 'm' -> view.open(Mode.MARKET);
            case 'l' -> {
                if (scene.serves()) {
                    view.open(Mode.LOG);
                }
            }
            case 'p' -> view.paused = !view.paused;
            case '?', 'h' -> view.open(Mode.HELP);
            default -> {}
        }
        return true;
    }

    private void sort() {
        Column[] all = Column.values();
        view.sort = all[(view.sort.ordinal() + 1) % all.length];
        view.reversed = false;
        view.notice = "sorted by " + view.sort.head.toLowerCase(java.util.Locale.ROOT);
    }

    private void move(Scene scene, int by) {
        List<Program> programs = scene.programs();
        if (!programs.isEmpty()) {
            view.chosen = programs.get(Math.clamp((long) scene.marked() + by, 0, programs.size() - 1))
                    .id();
        }
    }

    private void choose(Scene scene, Mode next) {
        int marked = scene.marked();
        if (marked >= 0) {
            view.chosen = scene.programs().get(marked).id();
            view.open(next);
        }
    }

    private boolean pane(Key key, Scene scene) {
        switch (key) {
            case Key.Name.UP -> scroll(1);
            case Key.Name.DOWN -> scroll(-1);
            case Key.Name.PAGE_UP -> scroll(PAGE);
            case Key.Name.PAGE_DOWN -> scroll(-PAGE);
            case Key.Name.HOME -> scroll(Integer.MAX_VALUE / 2);
            case Key.Name.END -> view.offset = 0;
            case Key.Name.ESCAPE, Key.Name.ENTER -> view.back();
            case Key.Char(int c) -> {
                switch (c) {
                    case 'q' -> view.back();
                    case 'w' -> view.wraps = !view.wraps;
                    case 'p' -> view.paused = !view.paused;
                    case 'k' -> {
                        if (view.mode == Mode.DETAIL) {
                            choose(scene, Mode.KILL);
                        }
                    }
                    case '?' -> {
                        if (view.mode != Mode.HELP) {
                            view.open(Mode.HELP);
                        }
                    }
                    default -> {}
                }
            }
            default -> {}
        }
        return true;
    }

    private void scroll(int lines) {
        view.offset = Math.clamp((long) view.offset + lines, 0, 100_000);
    }
}
