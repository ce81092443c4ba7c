package pie.runtime.java;

import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Opcode;
import java.lang.classfile.TypeKind;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.DirectMethodHandleDesc;
import java.lang.constant.MethodTypeDesc;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import pie.runtime.java.gate.Gate;
import pie.runtime.java.gate.Given;
import pie.runtime.java.gate.Walk;

/** Emit a call of a library method with what {@link Rules} wants around it. */
final class Weaver {
    static final ClassDesc GATE = Instrumenter.desc(Gate.class);
    static final ClassDesc WALK = Instrumenter.desc(Walk.class);
    static final MethodTypeDesc OF_OBJECT = MethodTypeDesc.of(ConstantDescs.CD_void, ConstantDescs.CD_Object);

    private static final ClassDesc GIVEN = Instrumenter.desc(Given.class);
    private static final MethodTypeDesc OF_ARGUMENT =
            MethodTypeDesc.of(ConstantDescs.CD_void, ConstantDescs.CD_Object, ConstantDescs.CD_String);

    /** Objects of these static types hold nothing to walk through. */
    private static final Set<ClassDesc> FLAT = Set.of(
            ConstantDescs.CD_String,
            ConstantDescs.CD_Integer,
            ConstantDescs.CD_Long,
            ConstantDescs.CD_Double,
            ConstantDescs.CD_Float,
            ConstantDescs.CD_Boolean,
            ConstantDescs.CD_Character,
            ClassDesc.of("java.lang.StringBuilder"),
            ClassDesc.of("java.io.PrintStream"),
            ClassDesc.of("java.util.function.Function"),
            ClassDesc.of("java.util.function.BiFunction"));

    /** Exchange method references. */
    interface References {
        /** @param captured types of the captured values: a captured receiver must keep its static type */
        DirectMethodHandleDesc replace(DirectMethodHandleDesc handle, List<ClassDesc> captured);
    }

    /** Name one call. */
    record Call(Opcode opcode, ClassDesc owner, String name, MethodTypeDesc type, boolean ofInterface) {
        boolean isStatic() {
            return opcode == Opcode.INVOKESTATIC;
        }

        boolean constructor() {
            return name.equals("<init>");
        }

        /** Return the types on the stack before the call, but for the object under construction. */
        List<ClassDesc> operands() {
            var types = new ArrayList<ClassDesc>();
            if (!isStatic() && !constructor()) {
                types.add(owner);
            }
            types.addAll(type.parameterList());
            return types;
        }
    }

    /** Lend local variables that hold operands for a moment, of any type. */
    static final class Spills {
        private final CodeBuilder code;
        private final List<Integer> slots = new ArrayList<>();

        Spills(CodeBuilder code) {
            this.code = code;
        }

        private int slot(int i) {
            while (slots.size() <= i) {
                slots.add(code.allocateLocal(TypeKind.LONG));
            }
            return slots.get(i);
        }

        void store(CodeBuilder b, List<ClassDesc> types) {
            for (int i = types.size() - 1; i >= 0; i--) {
                b.storeLocal(TypeKind.from(types.get(i)), slot(i));
            }
        }

        void load(CodeBuilder b, List<ClassDesc> types) {
            for (int i = 0; i < types.size(); i++) {
                load(b, types, i);
            }
        }

        void load(CodeBuilder b, List<ClassDesc> types, int i) {
            b.loadLocal(TypeKind.from(types.get(i)), slot(i));
        }
    }

    private final Members members;
    private final Rules rules;

    Weaver(Members members, Rules rules) {
        this.members = members;
        this.rules = rules;
    }

    private @Nullable Class<?> declaring(ClassDesc owner, String name, MethodTypeDesc type) {
        if (owner.isArray()) {
            return Object.class;
        }
        String d = owner.descriptorString();
        return members.method(d.substring(1, d.length() - 1), name, type.descriptorString())
                .map(Members.Found::type)
                .orElse(null);
    }

    /** Emit the call, its operands being on the stack. */
    void call(CodeBuilder b, Spills spills, Call call) {
        Class<?> declaring = declaring(call.owner, call.name, call.type);
        String d = call.type.descriptorString();
        if (declaring == null) {
            plain(b, call);
            return;
        }
        if (call.owner.isArray() && call.name.equals("clone")) {
            b.dup().invokestatic(GATE, "copying", OF_OBJECT);
            plain(b, call);
            b.dup().invokestatic(GATE, "made", OF_OBJECT);
            return;
        }
        given(b, spills, call, Givens.of(declaring, call.name, d));
        boolean special = call.opcode == Opcode.INVOKESPECIAL;
        if (call.constructor()) {
            Optional<Method> guard = rules.constructor(Members.name(declaring), d);
            plain(b, guard.isPresent() ? guarded(b, spills, call, guard.get()) : call);
            return;
        }
        Optional<Method> other =
                special ? Optional.empty() : rules.replacement(declaring, call.name, d, call.isStatic());
        if (other.isPresent()) {
            gate(b, other.get());
            ClassDesc got = Instrumenter.desc(other.get().getReturnType());
            if (!got.equals(call.type.returnType())) {
                b.checkcast(call.type.returnType());
            }
        } else {
            before(b, spills, call, declaring, d);
            plain(b, call);
        }
        after(b, call, d);
    }

    /** Have arguments refused that are null and must not be. */
    private static void given(CodeBuilder b, Spills spills, Call call, List<Givens.One> arguments) {
        if (arguments.isEmpty()) {
            return;
        }
        List<ClassDesc> types = call.operands();
        int receivers = types.size() - call.type.parameterCount();
        spills.store(b, types);
        for (Givens.One one : arguments) {
            spills.load(b, types, one.index() + receivers);
            b.loadConstant(one.name());
            b.invokestatic(GIVEN, one.deep() ? "all" : "one", OF_ARGUMENT);
        }
        spills.load(b, types);
    }

    private Call guarded(CodeBuilder b, Spills spills, Call call, Method guard) {
        List<ClassDesc> types = call.operands();
        spills.store(b, types);
        spills.load(b, types);
        gate(b, guard);
        if (guard.getReturnType() == void.class) {
            spills.load(b, types);
            return call;
        }
        ClassDesc extra = Instrumenter.desc(guard.getReturnType());
        return new Call(
                call.opcode,
                call.owner,
                call.name,
                call.type.insertParameterTypes(call.type.parameterCount(), extra),
                call.ofInterface);
    }

    private void before(CodeBuilder b, Spills spills, Call call, Class<?> declaring, String d) {
        Optional<Method> guard = rules.guard(declaring, call.name, d, call.isStatic());
        boolean all = rules.walksAll(declaring, call.name, d, call.isStatic());
        boolean first = rules.walksFirst(declaring, call.name, d);
        if (guard.isEmpty() && !all && !first) {
            return;
        }
        List<ClassDesc> types = call.operands();
        if (guard.isEmpty() && types.size() == 1) {
            if (walkable(types.getFirst())) {
                b.dup().invokestatic(WALK, "over", OF_OBJECT);
            }
            return;
        }
        spills.store(b, types);
        if (guard.isPresent()) {
            spills.load(b, types);
            gate(b, guard.get());
        }
        int from = all || call.isStatic() ? 0 : 1;
        int to = all ? types.size() : first ? from + 1 : from;
        for (int i = from; i < to; i++) {
            if (walkable(types.get(i))) {
                spills.load(b, types, i);
                b.invokestatic(WALK, "over", OF_OBJECT);
            }
        }
        spills.load(b, types);
    }

    private void after(CodeBuilder b, Call call, String d) {
        Method tame = rules.result(d);
        if (tame != null) {
            if (tame.getReturnType() == void.class) {
                b.dup();
            }
            gate(b, tame);
        } else if (call.type.returnType().isArray()) {
            b.dup().invokestatic(GATE, "made", OF_OBJECT);
        }
    }

    static boolean walkable(ClassDesc type) {
        return !type.isPrimitive() && !FLAT.contains(type);
    }

    private static void plain(CodeBuilder b, Call call) {
        b.invoke(call.opcode, call.owner, call.name, call.type, call.ofInterface);
    }

    static void gate(CodeBuilder b, Method m) {
        b.invokestatic(
                Instrumenter.desc(m.getDeclaringClass()),
                m.getName(),
                MethodTypeDesc.ofDescriptor(MethodType.methodType(m.getReturnType(), m.getParameterTypes())
                        .descriptorString()));
    }

    // -- method references

    /** Say whether a method reference must become a method of the program to be woven. */
    boolean concerns(DirectMethodHandleDesc h) {
        if (switch (h.kind()) {
            case GETTER, SETTER, STATIC_GETTER, STATIC_SETTER -> true;
            default -> false;
        }) {
            return false;
        }
        MethodTypeDesc type = MethodTypeDesc.ofDescriptor(h.lookupDescriptor());
        Class<?> declaring = declaring(h.owner(), h.methodName(), type);
        if (declaring == null) {
            return false;
        }
        String d = h.lookupDescriptor();
        boolean isStatic = isStatic(h);
        if (h.kind() == DirectMethodHandleDesc.Kind.CONSTRUCTOR) {
            return rules.constructor(Members.name(declaring), d).isPresent()
                    || !Givens.of(declaring, "<init>", d).isEmpty();
        }
        return rules.replacement(declaring, h.methodName(), d, isStatic).isPresent()
                || rules.guard(declaring, h.methodName(), d, isStatic).isPresent()
                || rules.walksAll(declaring, h.methodName(), d, isStatic)
                || rules.walksFirst(declaring, h.methodName(), d)
                || rules.result(d) != null
                || !Givens.of(declaring, h.methodName(), d).isEmpty()
                || type.returnType().isArray();
    }

    private static boolean isStatic(DirectMethodHandleDesc h) {
        return h.kind() == DirectMethodHandleDesc.Kind.STATIC
                || h.kind() == DirectMethodHandleDesc.Kind.INTERFACE_STATIC;
    }

    /** Emit the body of the method that stands for a method reference. */
    void body(CodeBuilder b, DirectMethodHandleDesc h, List<ClassDesc> parameters) {
        MethodTypeDesc type = MethodTypeDesc.ofDescriptor(h.lookupDescriptor());
        boolean constructor = h.kind() == DirectMethodHandleDesc.Kind.CONSTRUCTOR;
        if (constructor) {
            b.new_(h.owner()).dup();
        }
        for (int i = 0; i < parameters.size(); i++) {
            b.loadLocal(TypeKind.from(parameters.get(i)), b.parameterSlot(i));
        }
        Opcode opcode = switch (h.kind()) {
            case STATIC, INTERFACE_STATIC -> Opcode.INVOKESTATIC;
            case INTERFACE_VIRTUAL -> Opcode.INVOKEINTERFACE;
            case VIRTUAL -> Opcode.INVOKEVIRTUAL;
            default -> Opcode.INVOKESPECIAL;
        };
        call(
                b,
                new Spills(b),
                new Call(opcode, h.owner(), constructor ? "<init>" : h.methodName(), type, h.isOwnerInterface()));
        b.return_(TypeKind.from(h.invocationType().returnType()));
    }
}
