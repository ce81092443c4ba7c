package pie.runtime.java;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.lang.reflect.Modifier;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Say which library classes and members a program may name: the text of {@code library.allow}, and the inferlet API. */
final class Library {
    private static final Library STANDARD = read();

    /** Classes that a program may extend besides exceptions and interfaces. */
    private static final Set<String> EXTENDABLE = Set.of(
            "java/lang/Object",
            "java/lang/Record",
            "java/lang/Enum",
            "java/lang/Number",
            "java/util/AbstractCollection",
            "java/util/AbstractList",
            "java/util/AbstractMap",
            "java/util/AbstractMap$SimpleEntry",
            "java/util/AbstractQueue",
            "java/util/AbstractSequentialList",
            "java/util/AbstractSet",
            "java/util/ArrayDeque",
            "java/util/ArrayList",
            "java/util/HashMap",
            "java/util/HashSet",
            "java/util/LinkedHashMap",
            "java/util/LinkedHashSet",
            "java/util/LinkedList",
            "java/util/PriorityQueue",
            "java/util/TreeMap",
            "java/util/TreeSet");

    private final Map<String, Set<String>> members;

    private Library(Map<String, Set<String>> members) {
        this.members = members;
    }

    static Library standard() {
        return STANDARD;
    }

    private static Library read() {
        var members = new HashMap<String, Set<String>>();
        try (InputStream in = Library.class.getResourceAsStream("library.allow");
                var lines = new BufferedReader(
                        new InputStreamReader(java.util.Objects.requireNonNull(in), StandardCharsets.UTF_8))) {
            Set<String> current = new HashSet<>();
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.isBlank() || line.startsWith("#")) {
                    continue;
                }
                String[] words = line.strip().split(" +");
                int from = 0;
                if (!line.startsWith(" ")) {
                    current = members.computeIfAbsent(words[0].replace('.', '/'), n -> new HashSet<>());
                    from = 1;
                }
                for (int i = from; i < words.length; i++) {
                    current.add(words[i]);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new Library(members);
    }

    /** Return the internal names of all classes listed. */
    Set<String> classes() {
        return members.keySet();
    }

    Set<String> members(String internalName) {
        return members.getOrDefault(internalName, Set.of());
    }

    /** Say whether a program may name the class; no array, no class of its own. */
    boolean allowsType(String internalName) {
        return members.containsKey(internalName) || Api.visible(internalName);
    }

    boolean allowsMember(String declaring, String name, String descriptor) {
        if (Api.visible(declaring)) {
            return true;
        }
        Set<String> names = members.get(declaring);
        return names != null && (names.contains(name) || names.contains(name + descriptor));
    }

    boolean allowsExtension(Class<?> type, String internalName) {
        if (type.isInterface() || Throwable.class.isAssignableFrom(type)) {
            return !Modifier.isFinal(type.getModifiers());
        }
        return EXTENDABLE.contains(internalName)
                || Api.visible(internalName) && Modifier.isAbstract(type.getModifiers());
    }

    /** Find a class of the library or the API without initialising it; null if there is none. */
    static @Nullable Class<?> find(String internalName) {
        String name = internalName.replace('/', '.');
        try {
            return Class.forName(name, false, internalName.startsWith("pie/") ? Library.class.getClassLoader() : null);
        } catch (ClassNotFoundException | LinkageError e) {
            return null;
        }
    }

    /**
     * Run the static initialisers of all classes listed, so that no program can be the first to do so with a stack that is nearly
     * full.
     */
    void initialise() {
        for (String name : members.keySet()) {
            try {
                Class.forName(name.replace('/', '.'), true, null);
            } catch (ClassNotFoundException e) {
                throw new IllegalStateException("library.allow names " + name + ", which this JDK does not have", e);
            }
        }
    }
}
