package pie.runtime.js;

import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Show a JavaScript stack to the author: frames of the program alone, each with its line of source. */
final class JsTrace {
    private static final Pattern FRAME =
            Pattern.compile("^\\s*at .*?(?:file://)?/app/(.+?):(\\d+)(?::(\\d+))?\\)?\\s*$");

    private JsTrace() {}

    static String shown(String stack, Map<String, String> sources) {
        var text = new StringBuilder();
        for (String line : stack.lines().toList()) {
            if (!line.strip().startsWith("at ")) {
                text.append(line).append('\n');
                continue;
            }
            Matcher frame = FRAME.matcher(line);
            if (frame.matches()) {
                text.append(line.replaceAll("(?:file://)?/app/", "")).append('\n');
                @Nullable String source = sources.get(frame.group(1));
                if (source != null) {
                    List<String> lines = source.lines().toList();
                    int number = Integer.parseInt(frame.group(2));
                    if (number >= 1 && number <= lines.size()) {
                        text.append("      ")
                                .append(lines.get(number - 1).strip())
                                .append('\n');
                    }
                }
            }
        }
        return text.toString().stripTrailing();
    }
}
