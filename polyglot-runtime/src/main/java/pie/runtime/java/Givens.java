package pie.runtime.java;

import java.lang.reflect.AnnotatedArrayType;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.AnnotatedParameterizedType;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.Executable;
import java.lang.reflect.Parameter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Tell which arguments of the inferlet API must be given: all objects that are not marked {@code Nullable}. */
final class Givens {
    private static final ConcurrentHashMap<String, List<Givens.One>> KNOWN = new ConcurrentHashMap<>();

    private Givens() {}

    /**
     * Name an argument.
     *
     * @param deep whether it is a list or an array whose elements must be given, too
     */
    record One(int index, String name, boolean deep) {}

    /** Return the arguments of a method, or of a constructor by the name of those; none if it is not one of the API. */
    static List<One> of(Class<?> declaring, String name, String descriptor) {
        String owner = Members.name(declaring);
        return Api.visible(owner) && !name.equals("equals")
                ? KNOWN.computeIfAbsent(owner + "." + name + descriptor, k -> find(declaring, name, descriptor))
                : List.of();
    }

    private static List<One> find(Class<?> declaring, String name, String descriptor) {
        Executable[] all = name.equals("<init>") ? declaring.getDeclaredConstructors() : declaring.getDeclaredMethods();
        for (Executable e : all) {
            if ((name.equals("<init>") || e.getName().equals(name)) && descriptor.startsWith(Members.parameters(e))) {
                return of(e);
            }
        }
        return List.of();
    }

    private static List<One> of(Executable e) {
        var given = new ArrayList<One>();
        Parameter[] parameters = e.getParameters();
        for (int i = 0; i < parameters.length; i++) {
            AnnotatedType type = parameters[i].getAnnotatedType();
            if (!parameters[i].getType().isPrimitive() && !mayBeNull(type)) {
                given.add(new One(i, parameters[i].getName(), deep(parameters[i].getType(), type)));
            }
        }
        return List.copyOf(given);
    }

    private static boolean deep(Class<?> type, AnnotatedType annotated) {
        if (annotated instanceof AnnotatedArrayType array) {
            return !type.getComponentType().isPrimitive() && !mayBeNull(array.getAnnotatedGenericComponentType());
        }
        return Collection.class.isAssignableFrom(type)
                && annotated instanceof AnnotatedParameterizedType list
                && !mayBeNull(list.getAnnotatedActualTypeArguments()[0]);
    }

    private static boolean mayBeNull(AnnotatedElement type) {
        return type.isAnnotationPresent(Nullable.class);
    }
}
