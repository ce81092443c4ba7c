package pie.runtime.java;

import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import pie.runtime.java.gate.FileCalls;
import pie.runtime.java.gate.Functions;
import pie.runtime.java.gate.Futures;
import pie.runtime.java.gate.Gate;
import pie.runtime.java.gate.Guards;
import pie.runtime.java.gate.GuardsNew;
import pie.runtime.java.gate.Numbers;
import pie.runtime.java.gate.Patterns;
import pie.runtime.java.gate.Plain;
import pie.runtime.java.gate.Printing;
import pie.runtime.java.gate.Randoms;
import pie.runtime.java.gate.Replaces;
import pie.runtime.java.gate.Sizes;
import pie.runtime.java.gate.Streams;
import pie.runtime.java.gate.Tames;
import pie.runtime.java.gate.Texts;
import pie.runtime.java.gate.Wraps;

/** Read from the annotations of the gate what is to be woven around which library call. */
final class Rules {
    private static final List<Class<?>> GATE = List.of(
            Gate.class,
            Texts.class,
            Patterns.class,
            Numbers.class,
            Streams.class,
            Sizes.class,
            Randoms.class,
            Futures.class,
            Plain.class,
            Printing.class,
            FileCalls.class,
            Functions.class);

    /** Calls that walk through the objects handed to them, by name and descriptor. */
    private static final Set<String> WALKING = Set.of(
            "hashCode()I",
            "toString()Ljava/lang/String;",
            "equals(Ljava/lang/Object;)Z",
            "valueOf(Ljava/lang/Object;)Ljava/lang/String;",
            "toString(Ljava/lang/Object;)Ljava/lang/String;",
            "toString(Ljava/lang/Object;Ljava/lang/String;)Ljava/lang/String;",
            "hashCode(Ljava/lang/Object;)I",
            "equals(Ljava/lang/Object;Ljava/lang/Object;)Z",
            "deepEquals(Ljava/lang/Object;Ljava/lang/Object;)Z",
            "hash([Ljava/lang/Object;)I",
            "hashCode([Ljava/lang/Object;)I",
            "deepHashCode([Ljava/lang/Object;)I",
            "toString([Ljava/lang/Object;)Ljava/lang/String;",
            "deepToString([Ljava/lang/Object;)Ljava/lang/String;",
            "equals([Ljava/lang/Object;[Ljava/lang/Object;)Z",
            "deepEquals([Ljava/lang/Object;[Ljava/lang/Object;)Z",
            "append(Ljava/lang/Object;)Ljava/lang/StringBuilder;",
            "insert(ILjava/lang/Object;)Ljava/lang/StringBuilder;",
            "print(Ljava/lang/Object;)V",
            "println(Ljava/lang/Object;)V",
            "frequency(Ljava/util/Collection;Ljava/lang/Object;)I",
            "of([Ljava/lang/Object;)Ljava/util/Set;",
            "copyOf(Ljava/util/Collection;)Ljava/util/Set;");

    private static final Set<String> OWN = Set.of("hashCode", "toString", "equals");

    /** Calls that walk through their first argument and maybe through elements met on the way. */
    private static final Set<String> KEYED = Set.of(
            "contains(Ljava/lang/Object;)Z",
            "indexOf(Ljava/lang/Object;)I",
            "lastIndexOf(Ljava/lang/Object;)I",
            "remove(Ljava/lang/Object;)Z",
            "remove(Ljava/lang/Object;)Ljava/lang/Object;",
            "get(Ljava/lang/Object;)Ljava/lang/Object;",
            "put(Ljava/lang/Object;Ljava/lang/Object;)Ljava/lang/Object;",
            "putIfAbsent(Ljava/lang/Object;Ljava/lang/Object;)Ljava/lang/Object;",
            "getOrDefault(Ljava/lang/Object;Ljava/lang/Object;)Ljava/lang/Object;",
            "containsKey(Ljava/lang/Object;)Z",
            "containsValue(Ljava/lang/Object;)Z",
            "computeIfAbsent(Ljava/lang/Object;Ljava/util/function/Function;)Ljava/lang/Object;",
            "computeIfPresent(Ljava/lang/Object;Ljava/util/function/BiFunction;)Ljava/lang/Object;",
            "compute(Ljava/lang/Object;Ljava/util/function/BiFunction;)Ljava/lang/Object;",
            "merge(Ljava/lang/Object;Ljava/lang/Object;Ljava/util/function/BiFunction;)Ljava/lang/Object;");

    private static final Rules STANDARD = new Rules();

    private final Map<String, List<Rule>> replacements = new HashMap<>();
    private final Map<String, List<Rule>> guards = new HashMap<>();
    private final Map<String, Method> constructors = new HashMap<>();
    private final Map<String, Method> results = new HashMap<>();

    /** Hold a gate method and the library class whose methods, overriding ones included, it is for. */
    private record Rule(Class<?> owner, boolean statically, Method gate) {
        boolean fits(Class<?> declaring, boolean isStatic) {
            return statically
                    ? isStatic && declaring == owner
                    : !isStatic && (owner.isAssignableFrom(declaring) || owner == Object.class);
        }
    }

    static Rules standard() {
        return STANDARD;
    }

    private Rules() {
        for (Class<?> type : GATE) {
            for (Method m : type.getDeclaredMethods()) {
                Replaces replaces = m.getAnnotation(Replaces.class);
                if (replaces != null) {
                    String name = replaces.name().isEmpty() ? m.getName() : replaces.name();
                    add(replacements, replaces.value(), name, replaces.statically(), m);
                }
                Guards guard = m.getAnnotation(Guards.class);
                if (guard != null) {
                    for (String name : guard.names()) {
                        add(guards, guard.value(), name, guard.statically(), m);
                    }
                }
                GuardsNew fresh = m.getAnnotation(GuardsNew.class);
                if (fresh != null) {
                    for (Class<?> owner : fresh.value()) {
                        constructors.put(Members.name(owner) + parameters(m, 0), m);
                    }
                }
                if (m.getAnnotation(Tames.class) != null || m.getAnnotation(Wraps.class) != null) {
                    results.put(m.getParameterTypes()[0].descriptorString(), m);
                }
            }
        }
    }

    private static void add(Map<String, List<Rule>> to, Class<?> owner, String name, boolean statically, Method m) {
        to.computeIfAbsent(name + parameters(m, statically ? 0 : 1), k -> new ArrayList<>())
                .add(new Rule(owner, statically, m));
    }

    private static String parameters(Method m, int from) {
        MethodType type = MethodType.methodType(void.class, m.getParameterTypes());
        String d = type.dropParameterTypes(0, from).descriptorString();
        return d.substring(0, d.indexOf(')') + 1);
    }

    /** Return the gate method to call instead of a library method. */
    Optional<Method> replacement(Class<?> declaring, String name, String descriptor, boolean isStatic) {
        return find(replacements, declaring, name, descriptor, isStatic);
    }

    /** Return the gate method to call first, with the same arguments. */
    Optional<Method> guard(Class<?> declaring, String name, String descriptor, boolean isStatic) {
        return find(guards, declaring, name, descriptor, isStatic);
    }

    private static Optional<Method> find(
            Map<String, List<Rule>> in, Class<?> declaring, String name, String descriptor, boolean isStatic) {
        for (Rule rule : in.getOrDefault(name + descriptor.substring(0, descriptor.indexOf(')') + 1), List.of())) {
            if (rule.fits(declaring, isStatic)) {
                return Optional.of(rule.gate());
            }
        }
        return Optional.empty();
    }

    /** Return the gate method to call with the arguments of a constructor. */
    Optional<Method> constructor(String owner, String descriptor) {
        return Optional.ofNullable(constructors.get(owner + descriptor.substring(0, descriptor.indexOf(')') + 1)));
    }

    /** Return the gate method to call with the result of a library call; one that returns something exchanges it. */
    @Nullable
    Method result(String descriptor) {
        return results.get(descriptor.substring(descriptor.indexOf(')') + 1));
    }

    /** Say whether all objects handed to a library call are walked through before it. */
    boolean walksAll(Class<?> declaring, String name, String descriptor, boolean isStatic) {
        boolean leaf = !isStatic
                && Modifier.isFinal(declaring.getModifiers())
                && declaring != Optional.class
                && OWN.contains(name);
        return !leaf && WALKING.contains(name + descriptor);
    }

    /** Say whether the first argument of a library call is walked through before it. */
    boolean walksFirst(Class<?> declaring, String name, String descriptor) {
        if (KEYED.contains(name + descriptor)) {
            return true;
        }
        return name.equals("add")
                && descriptor.equals("(Ljava/lang/Object;)Z")
                && java.util.Set.class.isAssignableFrom(declaring);
    }
}
