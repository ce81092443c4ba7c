package pie.runtime;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Write the reference of the API from what ships with it: the stubs of Python and JavaScript, the Javadoc of Java. */
final class ApiReference {
    private static final Set<String> OF_THE_RUNTIME = Set.of("Host", "JsonBinding", "Passing", "Serving");
    private static final Pattern JAVA_HEAD = Pattern.compile(
            "public (?:abstract |final |sealed |non-sealed )*(class|interface|record|enum|@interface) .*");

    private ApiReference() {}

    private static String head(String language, String source) {
        return "# API reference, " + language + "\n\nGenerated from " + source
                + " by `./dev reference`; a test compares them. The [guide](../programs.md) says how things go together.\n";
    }

    // ---- Python

    static String python(Map<String, String> stubs) {
        var page = new StringBuilder(head("Python", "the type stubs that `pie new` writes"));
        for (Map.Entry<String, String> stub : new TreeMap<>(stubs).entrySet()) {
            String module = stub.getKey()
                    .replaceFirst("\\.pyi$", "")
                    .replaceFirst("/__init__$", "")
                    .replace('/', '.');
            if (module.equals("inferlet._types")) {
                continue;
            }
            page.append("\n## ").append(module).append('\n');
            pythonModule(stub.getValue(), page);
        }
        return page.toString();
    }

    private static void pythonModule(String text, StringBuilder page) {
        List<String> lines = text.lines().toList();
        if (!lines.isEmpty() && lines.getFirst().startsWith("\"\"\"")) {
            page.append('\n').append(quoted(lines, 0)).append('\n');
        }
        page.append('\n');
        boolean property = false;
        boolean inClass = false;
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            String bare = line.strip();
            if (bare.equals("@property")) {
                property = true;
            } else if (line.startsWith("class ")) {
                inClass = true;
                entry(
                        page,
                        "\n### `" + bare.substring("class ".length()).replaceFirst(":( \\.\\.\\.)?$", "") + "`\n\n",
                        "");
                String doc = i + 1 < lines.size() ? quoted(lines, i + 1) : "";
                page.append(doc.isEmpty() ? "" : doc + "\n\n");
            } else if (bare.startsWith("def ") || bare.startsWith("async def ")) {
                var whole = new StringBuilder(bare);
                while (!whole.toString().matches("(?s).*:( \\.\\.\\.)?$") && i + 1 < lines.size()) {
                    String next = lines.get(++i).strip();
                    whole.append(whole.toString().endsWith("(") || next.startsWith(")") ? "" : " ")
                            .append(next);
                }
                String signature = whole.toString()
                        .replaceFirst(":( \\.\\.\\.)?$", "")
                        .replace(",)", ")")
                        .replace("(self, ", "(")
                        .replace("(self)", "()");
                if (inClass && !line.startsWith(" ")) {
                    inClass = false;
                    page.append("\n### Functions\n\n");
                }
                if (!signature.matches("(async )?def __(?!init|await|aiter|iter|enter|len|and|or|call|getattr).*")) {
                    String doc = i + 1 < lines.size() ? quoted(lines, i + 1) : "";
                    entry(page, "- `" + (property ? propertyOf(signature) : signature) + "`", doc);
                }
                property = false;
            }
        }
    }

    private static String propertyOf(String signature) {
        return signature.replaceFirst("^def ", "").replace("() ->", ":");
    }

    private static void entry(StringBuilder page, String head, String doc) {
        page.append(head).append(doc.isEmpty() ? "" : ": " + doc);
        if (head.startsWith("-")) {
            page.append('\n');
        }
    }

    /** Return the doc string that begins at a line, in one line; empty if none does. */
    private static String quoted(List<String> lines, int at) {
        if (!lines.get(at).strip().startsWith("\"\"\"")) {
            return "";
        }
        var doc = new StringBuilder();
        for (int i = at; i < lines.size(); i++) {
            String part = lines.get(i).strip().replace("\"\"\"", "");
            doc.append(doc.isEmpty() || part.isEmpty() ? "" : " ").append(part);
            boolean closes = i > at
                    ? lines.get(i).contains("\"\"\"")
                    : lines.get(i).strip().matches("\"\"\".*\"\"\"");
            if (closes) {
                break;
            }
        }
        return doc.toString().strip();
    }

    // ---- JavaScript

    static String javaScript(String declarations) {
        var page = new StringBuilder(head("JavaScript and TypeScript", "the declarations that `pie new` writes"));
        String doc = "";
        boolean inside = false;
        for (String line : declarations.lines().toList()) {
            if (line.startsWith("declare module")) {
                inside = line.contains("'inferlet'");
                continue;
            }
            String text = line.strip();
            int indent = line.length() - line.stripLeading().length();
            if (!inside || text.isEmpty() || indent == 0 || text.startsWith("//")) {
                continue;
            }
            if (text.startsWith("/**") || text.startsWith("*")) {
                doc = (doc + " " + text.replaceAll("^/?\\*+/?|\\*/$", "").strip()).strip();
                continue;
            }
            boolean closing = text.startsWith("}") || text.startsWith("|") || text.startsWith(")");
            if (indent == 2 && text.startsWith("export ") && !closing) {
                String what = text.substring("export ".length())
                        .replaceFirst(" \\{$", "")
                        .replaceFirst(";$", "");
                page.append("\n## `").append(what).append("`\n\n").append(doc.isEmpty() ? "" : doc + "\n\n");
            } else if (!closing && indent > 2) {
                page.append("  ".repeat(indent / 2 - 2))
                        .append("- `")
                        .append(text.replaceFirst(" \\{$", "").replaceFirst(";$", ""))
                        .append('`')
                        .append(doc.isEmpty() ? "" : ": " + doc)
                        .append('\n');
            }
            doc = "";
        }
        return page.toString();
    }

    // ---- Java

    static String java(Path folder) throws IOException {
        var page = new StringBuilder(head("Java", "the Javadoc of package `pie.inferlet`"));
        List<Path> files;
        try (Stream<Path> all = Files.list(folder)) {
            files = all.filter(f -> f.toString().endsWith(".java")).sorted().toList();
        }
        for (Path file : files) {
            String name = file.getFileName().toString().replace(".java", "");
            if (!OF_THE_RUNTIME.contains(name) && !name.equals("package-info")) {
                javaFile(Files.readAllLines(file), page);
            }
        }
        return page.toString();
    }

    private static void javaFile(List<String> lines, StringBuilder page) {
        boolean shown = false;
        boolean interfaces = false;
        String doc = "";
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            String text = line.strip();
            int indent = line.length() - line.stripLeading().length();
            if (text.startsWith("/**")) {
                var comment = new StringBuilder();
                for (boolean more = true; more; i += more ? 1 : 0) {
                    String part = lines.get(i).strip();
                    comment.append(' ')
                            .append(part.replaceAll("^/?\\*+/?|\\*/$", "").strip());
                    more = !part.endsWith("*/");
                }
                doc = sentence(comment.toString().strip());
                continue;
            }
            if (text.startsWith("@") && !text.startsWith("@interface") || text.startsWith("//") || text.isEmpty()) {
                continue;
            }
            if (indent == 0 && JAVA_HEAD.matcher(text).matches()) {
                shown = true;
                interfaces = text.contains(" interface ");
                String whole = whole(lines, i).replaceFirst("^public ", "");
                page.append("\n## `").append(whole).append("`\n\n").append(doc).append(doc.isEmpty() ? "" : "\n\n");
            } else if (shown && indent == 4 && (text.startsWith("public ") || interfaces && member(text))) {
                String whole = whole(lines, i).replaceFirst("^public ", "");
                page.append("- `")
                        .append(whole)
                        .append('`')
                        .append(doc.isEmpty() ? "" : ": " + doc)
                        .append('\n');
            }
            doc = "";
        }
    }

    private static boolean member(String text) {
        return text.matches("(static |default )?[A-Za-z<@].*\\(.*")
                && !text.startsWith("private ")
                && !text.startsWith("return ");
    }

    /** Return a declaration without its body, in one line. */
    private static String whole(List<String> lines, int at) {
        var whole = new StringBuilder();
        for (int i = at; i < lines.size(); i++) {
            String part = lines.get(i).strip();
            whole.append(whole.isEmpty() || whole.toString().endsWith("(") ? "" : " ")
                    .append(part);
            if (part.endsWith("{") || part.endsWith(";") || part.endsWith("{}")) {
                break;
            }
        }
        return whole.toString().replaceFirst("\\s*(\\{\\}?|;|= .*;)$", "").replace("@Nullable ", "");
    }

    /** Return what stands before the first tag, without markup of its own. */
    private static String sentence(String javadoc) {
        String plain = javadoc.replaceFirst("(?s)\\s@(param|throws|return|see|deprecated)\\b.*", "")
                .replaceFirst("^@.*", "");
        Matcher inline =
                Pattern.compile("\\{@(?:code|link|linkplain) #?([^}]*)}").matcher(plain);
        return inline.replaceAll(m -> Matcher.quoteReplacement("`" + m.group(1) + "`"))
                .replaceAll("<[^>]+>", "")
                .replaceAll("\\s+", " ")
                .strip();
    }
}
