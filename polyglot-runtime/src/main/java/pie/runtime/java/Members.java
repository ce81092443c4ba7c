package pie.runtime.java;

import java.lang.classfile.ClassModel;
import java.lang.invoke.MethodType;
import java.lang.reflect.Executable;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Find the class that declares the member which an instruction names, as the JVM would (JVMS 5.4.3). */
final class Members {
    private static final ConcurrentHashMap<Class<?>, Set<String>> DECLARED = new ConcurrentHashMap<>();

    private final Map<String, ClassModel> own;

    /** @param own classes of the program by internal name */
    Members(Map<String, ClassModel> own) {
        this.own = own;
    }

    /**
     * Name the declaring class.
     *
     * @param type null for a class of the program
     */
    record Found(String declaring, @Nullable Class<?> type) {
        boolean ofProgram() {
            return type == null;
        }
    }

    Optional<Found> method(String owner, String name, String descriptor) {
        if (owner.startsWith("[")) {
            return method("java/lang/Object", name, descriptor);
        }
        Optional<Found> found = inClasses(owner, name + descriptor);
        return found.isPresent() || name.equals("<init>")
                ? found
                : inInterfaces(owner, name + descriptor, new HashSet<>());
    }

    Optional<Found> field(String owner, String name) {
        return member(owner, name);
    }

    private Optional<Found> inClasses(String start, String key) {
        boolean constructor = key.startsWith("<init>");
        String owner = start;
        while (true) {
            ClassModel c = own.get(owner);
            if (c != null) {
                if (declares(c, key)) {
                    return Optional.of(new Found(owner, null));
                }
                if (constructor || c.superclass().isEmpty()) {
                    return Optional.empty();
                }
                owner = c.superclass().get().asInternalName();
                continue;
            }
            for (Class<?> type = Library.find(owner); type != null; type = type.getSuperclass()) {
                if (declared(type).contains(key)) {
                    return Optional.of(found(type));
                }
                if (constructor) {
                    return Optional.empty();
                }
                if (type.isInterface() && declared(Object.class).contains(key)) {
                    return Optional.of(found(Object.class));
                }
            }
            return Optional.empty();
        }
    }

    private Optional<Found> inInterfaces(String owner, String key, Set<String> seen) {
        if (!seen.add(owner)) {
            return Optional.empty();
        }
        ClassModel c = own.get(owner);
        if (c != null) {
            if (c.flags().has(java.lang.reflect.AccessFlag.INTERFACE) && declares(c, key)) {
                return Optional.of(new Found(owner, null));
            }
            for (var i : c.interfaces()) {
                Optional<Found> found = inInterfaces(i.asInternalName(), key, seen);
                if (found.isPresent()) {
                    return found;
                }
            }
            return c.superclass().flatMap(s -> inInterfaces(s.asInternalName(), key, seen));
        }
        Class<?> type = Library.find(owner);
        if (type == null) {
            return Optional.empty();
        }
        if (type.isInterface() && declared(type).contains(key)) {
            return Optional.of(found(type));
        }
        for (Class<?> i : type.getInterfaces()) {
            Optional<Found> found = inInterfaces(name(i), key, seen);
            if (found.isPresent()) {
                return found;
            }
        }
        return type.getSuperclass() == null ? Optional.empty() : inInterfaces(name(type.getSuperclass()), key, seen);
    }

    private Optional<Found> member(String owner, String field) {
        ClassModel c = own.get(owner);
        if (c != null) {
            if (c.fields().stream().anyMatch(f -> f.fieldName().equalsString(field))) {
                return Optional.of(new Found(owner, null));
            }
            for (var i : c.interfaces()) {
                Optional<Found> found = member(i.asInternalName(), field);
                if (found.isPresent()) {
                    return found;
                }
            }
            return c.superclass().flatMap(s -> member(s.asInternalName(), field));
        }
        Class<?> type = Library.find(owner);
        if (type == null) {
            return Optional.empty();
        }
        for (var f : type.getDeclaredFields()) {
            if (f.getName().equals(field)) {
                return Optional.of(found(type));
            }
        }
        for (Class<?> i : type.getInterfaces()) {
            Optional<Found> found = member(name(i), field);
            if (found.isPresent()) {
                return found;
            }
        }
        return type.getSuperclass() == null ? Optional.empty() : member(name(type.getSuperclass()), field);
    }

    private static boolean declares(ClassModel c, String key) {
        return c.methods().stream()
                .anyMatch(m -> (m.methodName().stringValue() + m.methodType().stringValue()).equals(key));
    }

    private static Found found(Class<?> type) {
        return new Found(name(type), type);
    }

    static String name(Class<?> type) {
        return type.getName().replace('.', '/');
    }

    private static Set<String> declared(Class<?> type) {
        return DECLARED.computeIfAbsent(type, t -> {
            var keys = new HashSet<String>();
            for (var m : t.getDeclaredMethods()) {
                keys.add(m.getName() + descriptor(m, m.getReturnType()));
            }
            for (var c : t.getDeclaredConstructors()) {
                keys.add("<init>" + descriptor(c, void.class));
            }
            return keys;
        });
    }

    private static String descriptor(Executable e, Class<?> returns) {
        return MethodType.methodType(returns, e.getParameterTypes()).descriptorString();
    }

    /** Return what a descriptor says of the parameters, brackets included. */
    static String parameters(Executable e) {
        String d = descriptor(e, void.class);
        return d.substring(0, d.indexOf(')') + 1);
    }
}
