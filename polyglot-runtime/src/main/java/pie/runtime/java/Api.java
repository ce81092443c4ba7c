package pie.runtime.java;

import java.lang.reflect.Modifier;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Say which classes of pie a program sees. */
final class Api {
    private static final String PACKAGE = "pie/inferlet/";
    private static final Set<String> OF_THE_ENGINE =
            Set.of("pie/engine/PieException", "pie/engine/ErrorCode", "pie/engine/ErrorCode$Category");
    private static final String HOST = "pie/inferlet/Host";
    private static final String SERVING = "pie/inferlet/Serving";
    private static final String BINDING = "pie/inferlet/JsonBinding";
    private static final String PASSING = "pie/inferlet/Passing";
    private static final ConcurrentHashMap<String, Boolean> VISIBLE = new ConcurrentHashMap<>();

    private Api() {}

    /** Say whether a program may name the class: the public ones of the API, without those that serve the runtime. */
    static boolean visible(String internalName) {
        return mayLoad(internalName)
                && !isOfTheRuntime(internalName)
                && VISIBLE.computeIfAbsent(internalName, Api::isPublic);
    }

    /** Say whether a program's loader may ask ours for the class: the API itself needs its private parts. */
    static boolean mayLoad(String internalName) {
        return internalName.startsWith(PACKAGE) || OF_THE_ENGINE.contains(internalName);
    }

    /** Say whether javac may list the class for a program. */
    static boolean listed(String binaryName) {
        String name = binaryName.replace('.', '/');
        return mayLoad(name) && !isOfTheRuntime(name);
    }

    private static boolean isOfTheRuntime(String internalName) {
        return internalName.equals(HOST)
                || internalName.startsWith(HOST + "$")
                || internalName.equals(SERVING)
                || internalName.startsWith(SERVING + "$")
                || internalName.equals(BINDING)
                || internalName.equals(PASSING);
    }

    private static boolean isPublic(String internalName) {
        Class<?> type = Library.find(internalName);
        for (Class<?> c = type; c != null; c = c.getEnclosingClass()) {
            if (!Modifier.isPublic(c.getModifiers())) {
                return false;
            }
        }
        return type != null && !type.isAnonymousClass() && !type.isLocalClass();
    }
}
