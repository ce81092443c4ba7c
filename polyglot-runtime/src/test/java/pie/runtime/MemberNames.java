package pie.runtime;

import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import pie.inferlet.Context;

/** Gather the names of functions, methods and properties that the interface has in a language. */
final class MemberNames {
    private static final Pattern DEF = Pattern.compile("^ *(?:async )?def ([a-z]\\w*)\\(", Pattern.MULTILINE);
    private static final Set<String> OF_THE_RUNTIME =
            Set.of("Host", "Serving", "JsonBinding", "Passing", "PieException");
    /** What the bridge to the guest languages calls, what a program gives and need not read, and what waits for ever in a test. */
    private static final Set<String> NOT_FOR_PROGRAMS = Set.of(
            "advance",
            "awaitsAdvance",
            "complete",
            "constrainJson",
            "leave",
            "settle",
            "snakeText",
            "positions",
            "receiveFile");

    private static final Set<String> OF_EVERY_OBJECT =
            Set.of("equals", "hashCode", "toString", "valueOf", "values", "iterator");

    private MemberNames() {}

    static Set<String> of(Language language) throws IOException, URISyntaxException, ReflectiveOperationException {
        return switch (language) {
            case PYTHON -> python();
            case JAVA -> java();
            default -> javascript();
        };
    }

    private static Set<String> python() {
        var names = new TreeSet<String>();
        Stubs.of(Language.PYTHON).values().forEach(stub -> {
            for (Matcher found = DEF.matcher(stub); found.find(); ) {
                names.add(found.group(1));
            }
        });
        return names;
    }

    private static Set<String> javascript() {
        var names = new TreeSet<String>();
        for (String path : StubsTest.names(Stubs.of(Language.JAVASCRIPT).get("inferlet.d.ts"))) {
            String name = path.substring(path.lastIndexOf('.') + 1);
            if (Character.isLowerCase(name.charAt(0)) && path.contains(".") && !OF_EVERY_OBJECT.contains(name)) {
                names.add(name);
            }
        }
        return names;
    }

    private static Set<String> java() throws IOException, URISyntaxException, ReflectiveOperationException {
        var names = new TreeSet<String>();
        Path home = Path.of(Context.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        try (Stream<Path> files = Files.list(home.resolve("pie/inferlet"))) {
            for (Path file : files.filter(f -> f.toString().endsWith(".class")).toList()) {
                String name = file.getFileName().toString().replace(".class", "");
                String outer = name.contains("$") ? name.substring(0, name.indexOf('$')) : name;
                Class<?> type = Class.forName("pie.inferlet." + name);
                if (Modifier.isPublic(type.getModifiers()) && !OF_THE_RUNTIME.contains(outer)) {
                    for (Method method : type.getDeclaredMethods()) {
                        if (Modifier.isPublic(method.getModifiers()) && !method.isSynthetic()) {
                            names.add(method.getName());
                        }
                    }
                }
            }
        }
        names.removeAll(OF_EVERY_OBJECT);
        names.removeAll(NOT_FOR_PROGRAMS);
        return names;
    }
}
