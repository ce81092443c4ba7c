package pie.runtime.java;

import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.Label;
import java.lang.classfile.Opcode;
import java.lang.classfile.TypeKind;
import java.lang.classfile.instruction.BranchInstruction;
import java.lang.classfile.instruction.ExceptionCatch;
import java.lang.classfile.instruction.FieldInstruction;
import java.lang.classfile.instruction.InvokeDynamicInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.LabelTarget;
import java.lang.classfile.instruction.LookupSwitchInstruction;
import java.lang.classfile.instruction.NewMultiArrayInstruction;
import java.lang.classfile.instruction.NewPrimitiveArrayInstruction;
import java.lang.classfile.instruction.NewReferenceArrayInstruction;
import java.lang.classfile.instruction.SwitchCase;
import java.lang.classfile.instruction.TableSwitchInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.DirectMethodHandleDesc;
import java.lang.constant.DynamicCallSiteDesc;
import java.lang.constant.MethodTypeDesc;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import pie.runtime.java.gate.Texts;

/** Transform one method body. */
final class CodeWeaving implements CodeTransform {
    private static final MethodTypeDesc NOTHING = ConstantDescs.MTD_void;
    private static final MethodTypeDesc TWO_INTS =
            MethodTypeDesc.of(ConstantDescs.CD_void, ConstantDescs.CD_int, ConstantDescs.CD_int);
    private static final ClassDesc SYSTEM = ClassDesc.of("java.lang.System");
    private static final ClassDesc TEXTS = Instrumenter.desc(Texts.class);

    /** Handlers of these could catch a stop. */
    private static final Set<String> WIDE = Set.of(
            "java/lang/Throwable",
            "java/lang/Error",
            "java/lang/VirtualMachineError",
            "java/lang/OutOfMemoryError",
            "java/lang/ExceptionInInitializerError");

    /** Name a field of the class at hand. */
    record Field(ClassDesc owner, String name, ClassDesc type) {}

    private record Trampoline(Label start, Label handler) {}

    private final Weaver weaver;
    private final Weaver.References references;
    private final List<Field> components;
    private final Set<Label> seen = new HashSet<>();
    private final List<Trampoline> trampolines = new ArrayList<>();
    private Weaver.@Nullable Spills spills;

    /** @param components reference components, where the class is a record and the method not static */
    CodeWeaving(Weaver weaver, Weaver.References references, List<Field> components) {
        this.weaver = weaver;
        this.references = references;
        this.components = components;
    }

    @Override
    public void atStart(CodeBuilder b) {
        poll(b);
    }

    @Override
    public void accept(CodeBuilder b, CodeElement e) {
        switch (e) {
            case LabelTarget l -> {
                seen.add(l.label());
                b.with(e);
            }
            case BranchInstruction br -> {
                back(b, List.of(br.target()));
                b.with(e);
            }
            case TableSwitchInstruction s -> {
                back(b, targets(s.defaultTarget(), s.cases()));
                b.with(e);
            }
            case LookupSwitchInstruction s -> {
                back(b, targets(s.defaultTarget(), s.cases()));
                b.with(e);
            }
            case ExceptionCatch x -> handler(b, x);
            case NewPrimitiveArrayInstruction a -> array(b, e, a.typeKind());
            case NewReferenceArrayInstruction a -> array(b, e, TypeKind.REFERENCE);
            case NewMultiArrayInstruction a -> arrays(b, a);
            case InvokeInstruction i ->
                weaver.call(
                        b,
                        spills(b),
                        new Weaver.Call(
                                i.opcode(),
                                i.owner().asSymbol(),
                                i.name().stringValue(),
                                i.typeSymbol(),
                                i.isInterface()));
            case InvokeDynamicInstruction d -> dynamic(b, d);
            case FieldInstruction f
            when f.opcode() == Opcode.GETSTATIC && f.owner().asSymbol().equals(SYSTEM) ->
                // out and err, the only fields listed
                b.invokestatic(Weaver.GATE, f.name().stringValue(), MethodTypeDesc.of(f.typeSymbol()));
            default -> b.with(e);
        }
    }

    @Override
    public void atEnd(CodeBuilder b) {
        for (Trampoline t : trampolines) {
            b.labelBinding(t.start)
                    .dup()
                    .invokestatic(
                            Weaver.GATE, "caught", MethodTypeDesc.of(ConstantDescs.CD_void, ConstantDescs.CD_Throwable))
                    .goto_(t.handler);
        }
    }

    private Weaver.Spills spills(CodeBuilder b) {
        Weaver.Spills s = spills;
        if (s == null) {
            s = new Weaver.Spills(b);
            spills = s;
        }
        return s;
    }

    private static void poll(CodeBuilder b) {
        b.invokestatic(Weaver.GATE, "check", NOTHING);
    }

    private void back(CodeBuilder b, List<Label> targets) {
        if (!Collections.disjoint(seen, targets)) {
            poll(b);
        }
    }

    private static List<Label> targets(Label other, List<SwitchCase> cases) {
        var targets = new ArrayList<Label>();
        targets.add(other);
        cases.forEach(c -> targets.add(c.target()));
        return targets;
    }

    private void handler(CodeBuilder b, ExceptionCatch x) {
        if (x.catchType().isPresent() && !WIDE.contains(x.catchType().get().asInternalName())) {
            b.with(x);
            return;
        }
        // outside of all try ranges: what the trampoline throws leaves the method
        Label start = b.newLabel();
        trampolines.add(new Trampoline(start, x.handler()));
        if (x.catchType().isEmpty()) {
            b.exceptionCatchAll(x.tryStart(), x.tryEnd(), start);
        } else {
            b.exceptionCatch(x.tryStart(), x.tryEnd(), start, x.catchType().get());
        }
    }

    // -- arrays

    private static int size(TypeKind kind) {
        return switch (kind) {
            case LONG, DOUBLE, REFERENCE -> 8;
            case INT, FLOAT -> 4;
            case SHORT, CHAR -> 2;
            default -> 1;
        };
    }

    private static void array(CodeBuilder b, CodeElement e, TypeKind kind) {
        b.dup().loadConstant(size(kind)).invokestatic(Weaver.GATE, "alloc", TWO_INTS);
        b.with(e);
        b.dup().invokestatic(Weaver.GATE, "made", Weaver.OF_OBJECT);
    }

    private void arrays(CodeBuilder b, NewMultiArrayInstruction a) {
        List<ClassDesc> lengths = Collections.nCopies(a.dimensions(), ConstantDescs.CD_int);
        spills(b).store(b, lengths);
        b.loadConstant(1L);
        ClassDesc element = a.arrayType().asSymbol();
        for (int i = 0; i < a.dimensions(); i++) {
            spills(b).load(b, lengths, i);
            b.invokestatic(
                    Weaver.GATE,
                    "times",
                    MethodTypeDesc.of(ConstantDescs.CD_long, ConstantDescs.CD_long, ConstantDescs.CD_int));
            element = java.util.Objects.requireNonNull(element.componentType());
        }
        // an inner array has a header, too
        int size = Math.max(size(TypeKind.from(element)), 8);
        b.loadConstant(size)
                .invokestatic(
                        Weaver.GATE,
                        "allocAll",
                        MethodTypeDesc.of(ConstantDescs.CD_void, ConstantDescs.CD_long, ConstantDescs.CD_int));
        spills(b).load(b, lengths);
        b.with(a);
        b.dup().invokestatic(Weaver.GATE, "made", Weaver.OF_OBJECT);
    }

    // -- invokedynamic

    private void dynamic(CodeBuilder b, InvokeDynamicInstruction d) {
        String bootstrap = d.bootstrapMethod().methodName();
        switch (bootstrap) {
            case "makeConcatWithConstants" -> {
                List<ClassDesc> types = d.typeSymbol().parameterList();
                if (types.stream().anyMatch(Weaver::walkable)) {
                    spills(b).store(b, types);
                    for (int i = 0; i < types.size(); i++) {
                        spills(b).load(b, types, i);
                        if (Weaver.walkable(types.get(i))) {
                            b.dup().invokestatic(Weaver.WALK, "over", Weaver.OF_OBJECT);
                        }
                    }
                }
                b.with(d);
                b.dup().invokestatic(TEXTS, "made", MethodTypeDesc.of(ConstantDescs.CD_void, ConstantDescs.CD_String));
            }
            case "metafactory", "altMetafactory" -> {
                List<ConstantDesc> args = new ArrayList<>(d.bootstrapArgs());
                args.replaceAll(a -> a instanceof DirectMethodHandleDesc h
                        ? references.replace(h, d.typeSymbol().parameterList())
                        : a);
                b.invokedynamic(DynamicCallSiteDesc.of(
                        d.bootstrapMethod(),
                        d.name().stringValue(),
                        d.typeSymbol(),
                        args.toArray(new ConstantDesc[0])));
            }
            case "bootstrap" -> {
                for (Field f : components) {
                    b.aload(0).getfield(f.owner, f.name, f.type).invokestatic(Weaver.WALK, "over", Weaver.OF_OBJECT);
                }
                b.with(d);
            }
            default -> b.with(d);
        }
    }
}
