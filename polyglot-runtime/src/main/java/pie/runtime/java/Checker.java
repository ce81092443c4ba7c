package pie.runtime.java;

import java.lang.classfile.Attributes;
import java.lang.classfile.ClassModel;
import java.lang.classfile.CodeElement;
import java.lang.classfile.MethodModel;
import java.lang.classfile.constantpool.AnnotationConstantValueEntry;
import java.lang.classfile.constantpool.ClassEntry;
import java.lang.classfile.constantpool.ConstantDynamicEntry;
import java.lang.classfile.constantpool.FieldRefEntry;
import java.lang.classfile.constantpool.InvokeDynamicEntry;
import java.lang.classfile.constantpool.LoadableConstantEntry;
import java.lang.classfile.constantpool.MemberRefEntry;
import java.lang.classfile.constantpool.MethodHandleEntry;
import java.lang.classfile.constantpool.MethodTypeEntry;
import java.lang.classfile.constantpool.PoolEntry;
import java.lang.classfile.instruction.ConstantInstruction;
import java.lang.classfile.instruction.DiscontinuedInstruction;
import java.lang.classfile.instruction.ExceptionCatch;
import java.lang.classfile.instruction.FieldInstruction;
import java.lang.classfile.instruction.InvokeDynamicInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.LineNumber;
import java.lang.classfile.instruction.MonitorInstruction;
import java.lang.classfile.instruction.NewMultiArrayInstruction;
import java.lang.classfile.instruction.NewObjectInstruction;
import java.lang.classfile.instruction.NewReferenceArrayInstruction;
import java.lang.classfile.instruction.TypeCheckInstruction;
import java.lang.reflect.AccessFlag;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * Refuse class files that name anything beyond {@link Library}. Instructions are checked first, because they have line numbers; then
 * the whole constant pool, so that nothing depends on which attribute or instruction could use an entry.
 */
final class Checker {
    private static final String INVOKE = "java/lang/invoke/";
    private static final Set<String> BOOTSTRAPS = Set.of(
            INVOKE + "LambdaMetafactory.metafactory",
            INVOKE + "LambdaMetafactory.altMetafactory",
            INVOKE + "StringConcatFactory.makeConcatWithConstants",
            INVOKE + "ConstantBootstraps.primitiveClass",
            INVOKE + "ConstantBootstraps.invoke",
            "java/lang/runtime/ObjectMethods.bootstrap",
            "java/lang/runtime/SwitchBootstraps.typeSwitch",
            "java/lang/runtime/SwitchBootstraps.enumSwitch");

    /** What javac hands to the bootstraps of pattern switches over enum constants. */
    private static final Set<String> BOOTSTRAP_TARGETS =
            Set.of("java/lang/constant/ClassDesc.of", "java/lang/Enum$EnumDesc.of");

    /** Classes that the InnerClasses attribute and the bootstraps above name by themselves. */
    private static final Set<String> UNUSED = Set.of(
            INVOKE + "MethodHandles",
            INVOKE + "MethodHandles$Lookup",
            INVOKE + "LambdaMetafactory",
            INVOKE + "StringConcatFactory",
            INVOKE + "ConstantBootstraps",
            "java/lang/runtime/ObjectMethods",
            "java/lang/runtime/SwitchBootstraps",
            "java/lang/constant/ClassDesc",
            "java/lang/Enum$EnumDesc");

    private final Map<String, ClassModel> own;
    private final Members members;
    private final Library library;
    private final UnaryOperator<String> files;
    private final List<Refusal> refusals = new ArrayList<>();
    private final Set<String> known = new HashSet<>();
    private String file = "";
    private int line;

    /** @param files turns the name of a SourceFile attribute into the name of the posted file */
    Checker(Map<String, ClassModel> own, Library library, UnaryOperator<String> files) {
        this.own = own;
        this.members = new Members(own);
        this.library = library;
        this.files = files;
    }

    /** Return what is wrong, in order of the files; empty if nothing is. */
    List<Refusal> check() {
        for (ClassModel c : own.values()) {
            checkClass(c);
        }
        return refusals;
    }

    private void refuse(String member, String problem, String hint) {
        // the constant pool repeats without a line what an instruction was refused for
        boolean fresh = known.add(file + problem);
        if (line > 0 ? known.add(file + ":" + line + problem) : fresh) {
            refusals.add(new Refusal(file, line, member, problem, hint));
        }
    }

    private void refuse(String problem, String hint) {
        refuse("", problem, hint);
    }

    private static String java(String internalName) {
        return internalName.replace('/', '.').replace('$', '.');
    }

    // -- classes and methods

    private void checkClass(ClassModel c) {
        String name = c.thisClass().asInternalName();
        file = files.apply(c.findAttribute(Attributes.sourceFile())
                .map(a -> a.sourceFile().stringValue())
                .orElse(""));
        line = 0;
        for (String reserved : List.of("java/", "javax/", "jdk/", "sun/", "com/sun/", "pie/")) {
            if (name.startsWith(reserved)) {
                refuse(java(name), "package of " + java(name) + " is reserved", "choose another package");
            }
        }
        c.superclass().ifPresent(s -> extended(s.asInternalName()));
        c.interfaces().forEach(i -> extended(i.asInternalName()));
        c.fields().forEach(f -> descriptor(f.fieldType().stringValue()));
        for (MethodModel m : c.methods()) {
            checkMethod(m);
        }
        line = 0;
        for (PoolEntry entry : c.constantPool()) {
            entry(entry);
        }
    }

    private void checkMethod(MethodModel m) {
        line = m.code()
                .flatMap(code -> code.elementStream()
                        .filter(LineNumber.class::isInstance)
                        .map(e -> ((LineNumber) e).line())
                        .findFirst())
                .orElse(0);
        descriptor(m.methodType().stringValue());
        String name = m.methodName().stringValue();
        if (m.flags().has(AccessFlag.NATIVE)) {
            refuse(name, "native method " + name + " is not available to inferlets", "");
        }
        if (m.flags().has(AccessFlag.SYNCHRONIZED)) {
            monitor();
        }
        if (name.equals("finalize") && m.methodType().equalsString("()V")) {
            refuse(name, "finalize is not available to inferlets", "use try-with-resources");
        }
        m.code().ifPresent(code -> {
            line = 0;
            code.forEach(this::instruction);
        });
    }

    private void monitor() {
        refuse(
                "synchronized",
                "synchronized is not available to inferlets",
                "a program has one thread and needs no locks");
    }

    private void extended(String name) {
        if (own.containsKey(name)) {
            return;
        }
        type(name);
        if (library.allowsType(name)) {
            Class<?> type = Library.find(name);
            if (type == null || !library.allowsExtension(type, name)) {
                refuse(java(name), "class " + java(name) + " may not be extended by inferlets", "wrap it");
            }
        }
    }

    private void instruction(CodeElement e) {
        switch (e) {
            case LineNumber l -> line = l.line();
            case InvokeInstruction i -> member(i.method(), false);
            case FieldInstruction f -> member(f.field(), true);
            case NewObjectInstruction n -> type(n.className().asInternalName());
            case NewReferenceArrayInstruction n -> type(n.componentType().asInternalName());
            case NewMultiArrayInstruction n -> type(n.arrayType().asInternalName());
            case TypeCheckInstruction t -> type(t.type().asInternalName());
            case ConstantInstruction.LoadConstantInstruction c -> constant(c.constantEntry());
            case InvokeDynamicInstruction d -> dynamic(d.invokedynamic());
            case MonitorInstruction m -> monitor();
            case DiscontinuedInstruction d -> refuse("jsr and ret are not available to inferlets", "");
            case ExceptionCatch x -> x.catchType().ifPresent(t -> type(t.asInternalName()));
            default -> {}
        }
    }

    // -- what is named

    private void entry(PoolEntry entry) {
        switch (entry) {
            case ClassEntry c -> {
                if (!UNUSED.contains(c.asInternalName())) {
                    type(c.asInternalName());
                }
            }
            case MemberRefEntry m -> {
                String key = m.owner().asInternalName() + "." + m.name().stringValue();
                if (!BOOTSTRAPS.contains(key) && !BOOTSTRAP_TARGETS.contains(key)) {
                    member(m, m instanceof FieldRefEntry);
                }
            }
            case MethodTypeEntry t -> descriptor(t.descriptor().stringValue());
            case MethodHandleEntry h -> handle(h);
            case InvokeDynamicEntry d -> dynamic(d);
            case ConstantDynamicEntry d -> constant(d);
            case AnnotationConstantValueEntry v -> {}
            default -> {}
        }
    }

    private void constant(LoadableConstantEntry constant) {
        switch (constant) {
            case ClassEntry c -> type(c.asInternalName());
            case MethodTypeEntry t -> descriptor(t.descriptor().stringValue());
            case MethodHandleEntry h -> handle(h);
            case ConstantDynamicEntry d -> {
                bootstrap(d.bootstrap().bootstrapMethod());
                d.bootstrap().arguments().forEach(this::constant);
            }
            default -> {}
        }
    }

    private void dynamic(InvokeDynamicEntry d) {
        bootstrap(d.bootstrap().bootstrapMethod());
        descriptor(d.type().stringValue());
        d.bootstrap().arguments().forEach(this::constant);
    }

    private void bootstrap(MethodHandleEntry h) {
        String key = h.reference().owner().asInternalName() + "."
                + h.reference().name().stringValue();
        if (!BOOTSTRAPS.contains(key)) {
            refuse(java(key), "bootstrap method " + java(key) + " is not available to inferlets", "");
        }
    }

    private void handle(MethodHandleEntry h) {
        String key = h.reference().owner().asInternalName() + "."
                + h.reference().name().stringValue();
        if (!BOOTSTRAPS.contains(key) && !BOOTSTRAP_TARGETS.contains(key)) {
            member(h.reference(), h.reference() instanceof FieldRefEntry);
        }
    }

    private boolean type(String name) {
        String t = name;
        if (t.startsWith("[")) {
            t = t.substring(t.lastIndexOf('[') + 1);
            if (!t.startsWith("L")) {
                return true;
            }
            t = t.substring(1, t.length() - 1);
        }
        if (own.containsKey(t) || library.allowsType(t)) {
            return true;
        }
        refuse(java(t), "class " + java(t) + " is not available to inferlets", Hints.of(java(t)));
        return false;
    }

    private boolean descriptor(String d) {
        boolean good = true;
        for (int i = d.indexOf('L'); i >= 0; i = d.indexOf('L', d.indexOf(';', i))) {
            good &= type(d.substring(i + 1, d.indexOf(';', i)));
        }
        return good;
    }

    private void member(MemberRefEntry m, boolean field) {
        String owner = m.owner().asInternalName();
        String name = m.name().stringValue();
        String descriptor = m.type().stringValue();
        if (owner.startsWith("[") && name.equals("clone")) {
            type(owner);
            return;
        }
        String shown = java(owner) + "." + (name.equals("<init>") ? "new" : name);
        if (!owner.startsWith("[") && !own.containsKey(owner) && !library.allowsType(owner)) {
            refuse(shown, shown + " is not available to inferlets", hint(owner, name));
            return;
        }
        Optional<Members.Found> found = field ? members.field(owner, name) : members.method(owner, name, descriptor);
        if (found.isEmpty()) {
            refuse(shown, shown + " cannot be resolved", "");
            return;
        }
        Members.Found f = found.get();
        if (f.ofProgram()) {
            descriptor(descriptor);
            return;
        }
        boolean listed = library.allowsMember(f.declaring(), name, descriptor)
                || library.allowsMember(owner, name, descriptor) && !library.allowsType(f.declaring());
        if (!listed) {
            refuse(shown, shown + " is not available to inferlets", hint(f.declaring(), name));
            return;
        }
        descriptor(descriptor);
    }

    private static String hint(String owner, String name) {
        return Hints.of(java(owner) + "." + name);
    }
}
