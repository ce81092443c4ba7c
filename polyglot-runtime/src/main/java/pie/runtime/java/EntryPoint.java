package pie.runtime.java;

import java.lang.classfile.Attributes;
import java.lang.classfile.ClassModel;
import java.lang.classfile.MethodModel;
import java.lang.reflect.AccessFlag;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.runtime.ProgramSource;

/** Find the method that a run calls: in the class named like the entry file, else in the only class that has one. */
final class EntryPoint {
    private static final Set<String> PARAMETERS = Set.of(
            "Ljava/lang/String;", "Ljava/util/Map;", "Ljava/lang/Object;", "[Ljava/lang/String;", "Ljava/util/List;");

    private static final String HANDLE = "handle";
    private static final String REQUEST = "Lpie/inferlet/Request;";

    private EntryPoint() {}

    /**
     * Find the method that is asked for; {@code handle(Request)} stands in for a {@code main} that is not there.
     *
     * @param entryFile the SourceFile name of the entry file
     * @throws PieException SOURCE_ERROR if there is none, or more than one
     */
    static JavaProgram.Entry find(Map<String, ClassModel> classes, String entryFile, String postedFile, String method) {
        boolean served = method.equals(ProgramSource.MAIN)
                && classes.values().stream()
                        .allMatch(c -> methods(c, ProgramSource.MAIN).isEmpty())
                && classes.values().stream()
                        .flatMap(c -> methods(c, HANDLE).stream())
                        .anyMatch(m -> parameters(m).contains(REQUEST));
        return only(classes, entryFile, postedFile, served ? HANDLE : method);
    }

    private static JavaProgram.Entry only(
            Map<String, ClassModel> classes, String entryFile, String postedFile, String method) {
        List<ClassModel> candidates = classes.values().stream()
                .filter(c -> !methods(c, method).isEmpty())
                .toList();
        String stem = entryFile.substring(0, entryFile.length() - ".java".length());
        List<ClassModel> best = candidates.stream()
                .filter(c -> simpleName(c).equals(stem) && inFile(c, entryFile))
                .toList();
        if (best.isEmpty()) {
            best = candidates.stream().filter(c -> inFile(c, entryFile)).toList();
        }
        if (best.isEmpty()) {
            best = candidates;
        }
        if (best.size() > 1) {
            best = best.stream().filter(c -> !simpleName(c).contains("$")).toList();
        }
        if (best.size() != 1) {
            throw error(
                    postedFile,
                    best.isEmpty()
                            ? "no method " + method + "; write `String " + method + "(Map<String, Object> input)`"
                            : "more than one class has a method " + method + "; name one like the file");
        }
        ClassModel c = best.getFirst();
        MethodModel m = methods(c, method).getFirst();
        List<String> parameters = parameters(m);
        boolean request = parameters.contains(REQUEST);
        if (!parameters.isEmpty() && !request && !accepts(classes, parameters.getFirst())) {
            throw error(
                    postedFile,
                    "the parameter of " + method
                            + " must be a String, Map, List, Object, String[], a record of the program, or a Request to"
                            + " answer");
        }
        if (!m.flags().has(AccessFlag.STATIC) && !constructible(c)) {
            throw error(postedFile, simpleName(c) + " needs a constructor without parameters, or a static " + method);
        }
        return new JavaProgram.Entry(
                c.thisClass().asInternalName().replace('/', '.'), method, !parameters.isEmpty(), request);
    }

    /** Find the class whose methods programs in other languages call: the one named like the file. */
    static JavaProgram.Entry module(Map<String, ClassModel> classes, String entryFile, String postedFile) {
        String stem = entryFile.substring(0, entryFile.length() - ".java".length());
        return classes.values().stream()
                .filter(c -> simpleName(c).equals(stem) && inFile(c, entryFile))
                .findFirst()
                .map(c -> new JavaProgram.Entry(c.thisClass().asInternalName().replace('/', '.'), "", false, false))
                .orElseThrow(() -> error(postedFile, "no class " + stem + ", whose methods could be called"));
    }

    private static boolean accepts(Map<String, ClassModel> classes, String parameter) {
        if (PARAMETERS.contains(parameter)) {
            return true;
        }
        ClassModel type =
                parameter.startsWith("L") ? classes.get(parameter.substring(1, parameter.length() - 1)) : null;
        return type != null
                && type.superclass()
                        .filter(s -> s.asInternalName().equals("java/lang/Record"))
                        .isPresent();
    }

    private static boolean constructible(ClassModel c) {
        return !c.flags().has(AccessFlag.ABSTRACT)
                && c.methods().stream()
                        .anyMatch(m -> m.methodName().equalsString("<init>")
                                && m.methodType().equalsString("()V"));
    }

    /** Return the methods of the name with at most one parameter, those that take the input first. */
    private static List<MethodModel> methods(ClassModel c, String name) {
        var found = new ArrayList<MethodModel>();
        for (MethodModel m : c.methods()) {
            if (m.methodName().equalsString(name)
                    && parameters(m).size() <= 1
                    && m.code().isPresent()
                    && !m.flags().has(AccessFlag.SYNTHETIC)
                    && !unused(m)) {
                found.add(m);
            }
        }
        found.sort(Comparator.comparingInt(m -> -parameters(m).size()));
        return found;
    }

    private static boolean unused(MethodModel m) {
        return m.findAttribute(Attributes.methodParameters()).stream()
                .flatMap(a -> a.parameters().stream())
                .anyMatch(p ->
                        p.name().filter(n -> n.equalsString(SourceFile.UNUSED)).isPresent());
    }

    private static List<String> parameters(MethodModel m) {
        return m.methodTypeSymbol().parameterList().stream()
                .map(p -> p.descriptorString())
                .toList();
    }

    private static boolean inFile(ClassModel c, String file) {
        return c.findAttribute(Attributes.sourceFile())
                .filter(a -> a.sourceFile().equalsString(file))
                .isPresent();
    }

    private static String simpleName(ClassModel c) {
        String name = c.thisClass().asInternalName();
        return name.substring(name.lastIndexOf('/') + 1);
    }

    private static PieException error(String file, String problem) {
        return new PieException(
                ErrorCode.SOURCE_ERROR, file + ": " + problem, Map.of("file", file, "line", 0, "column", 0));
    }
}
