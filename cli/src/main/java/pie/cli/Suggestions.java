package pie.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Say in one line what is wrong with a command line, with the nearest thing that would have been right. */
final class Suggestions {
    private Suggestions() {}

    static String explain(ParameterException e) {
        if (e instanceof UnmatchedArgumentException u && !u.getUnmatched().isEmpty()) {
            return unmatched(u);
        }
        String message = e.getMessage() == null
                ? "wrong arguments"
                : e.getMessage().lines().findFirst().orElse("");
        return Character.toLowerCase(message.charAt(0)) + message.substring(1);
    }

    private static String unmatched(UnmatchedArgumentException e) {
        CommandLine line = e.getCommandLine();
        String word = e.getUnmatched().getFirst();
        boolean option = word.startsWith("-");
        String name = option && word.indexOf('=') > 0 ? word.substring(0, word.indexOf('=')) : word;
        boolean root = line.getParent() == null;
        List<String> known = new ArrayList<>();
        if (option) {
            line.getCommandSpec().options().forEach(o -> known.addAll(List.of(o.names())));
        } else {
            known.addAll(line.getSubcommands().keySet());
        }
        String hint = hint(name, known);
        if (hint.isEmpty() && option && line.getCommandName().equals("run")) {
            hint = ", arguments of the program go after --";
        }
        String kind = option ? "option" : root || !line.getSubcommands().isEmpty() ? "command" : "argument";
        return "unknown " + kind + " '" + name + "'" + hint;
    }

    /** Return a question for the closest name, if it is close. */
    static String hint(String word, List<String> names) {
        return nearest(word, names).map(n -> ", did you mean '" + n + "'?").orElse("");
    }

    /** Return the closest name, if it is close: at most a third of its letters differ. */
    static Optional<String> nearest(String word, List<String> names) {
        String best = "";
        int least = Integer.MAX_VALUE;
        for (String name : names) {
            int d = distance(word.toLowerCase(Locale.ROOT), name);
            if (d < least) {
                least = d;
                best = name;
            }
        }
        return !best.isEmpty() && least <= Math.max(1, Math.min(word.length(), best.length()) / 3)
                ? Optional.of(best)
                : Optional.empty();
    }

    /** Optimal string alignment distance: insert, delete, replace, swap neighbours. */
    private static int distance(String a, String b) {
        int[][] d = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                if (i == 0 || j == 0) {
                    d[i][j] = i + j;
                    continue;
                }
                int replace = d[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                d[i][j] = Math.min(replace, Math.min(d[i - 1][j], d[i][j - 1]) + 1);
                if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
                    d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
                }
            }
        }
        return d[a.length()][b.length()];
    }
}
