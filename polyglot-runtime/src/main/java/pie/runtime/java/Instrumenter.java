package pie.runtime.java;

import java.lang.classfile.ClassBuilder;
import java.lang.classfile.ClassElement;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeModel;
import java.lang.classfile.MethodModel;
import java.lang.classfile.MethodTransform;
import java.lang.constant.ClassDesc;
import java.lang.constant.DirectMethodHandleDesc;
import java.lang.constant.MethodHandleDesc;
import java.lang.constant.MethodTypeDesc;
import java.lang.reflect.AccessFlag;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Weave the gate into checked class files: stops, sizes, and what {@link Rules} says of library calls. */
final class Instrumenter {
    private final Map<String, ClassModel> own;
    private final Weaver weaver;

    Instrumenter(Map<String, ClassModel> own, Rules rules) {
        this.own = own;
        this.weaver = new Weaver(new Members(own), rules);
    }

    /** Return class files by binary name. */
    Map<String, byte[]> instrument() {
        var interfaces = new ArrayList<ClassDesc>();
        var superclasses = new HashMap<ClassDesc, ClassDesc>();
        for (ClassModel c : own.values()) {
            if (c.flags().has(AccessFlag.INTERFACE)) {
                interfaces.add(c.thisClass().asSymbol());
            } else {
                c.superclass().ifPresent(s -> superclasses.put(c.thisClass().asSymbol(), s.asSymbol()));
            }
        }
        ClassHierarchyResolver hierarchy = ClassHierarchyResolver.of(interfaces, superclasses)
                .orElse(ClassHierarchyResolver.ofClassLoading(Instrumenter.class.getClassLoader()));
        ClassFile context = ClassFile.of(
                ClassFile.ClassHierarchyResolverOption.of(hierarchy),
                ClassFile.ConstantPoolSharingOption.NEW_POOL,
                ClassFile.StackMapsOption.GENERATE_STACK_MAPS);
        var out = new LinkedHashMap<String, byte[]>();
        for (ClassModel c : own.values()) {
            out.put(c.thisClass().asInternalName().replace('/', '.'), context.transformClass(c, new OfClass(c)));
        }
        return out;
    }

    /** Transform one class; method references that need weaving become calls of methods added at the end. */
    private final class OfClass implements ClassTransform, Weaver.References {
        private final ClassModel model;
        private final Map<Reference, DirectMethodHandleDesc> added = new LinkedHashMap<>();

        OfClass(ClassModel model) {
            this.model = model;
        }

        @Override
        public void accept(ClassBuilder builder, ClassElement element) {
            if (element instanceof MethodModel m && m.code().isPresent()) {
                MethodTransform transform = (b, e) -> {
                    if (e instanceof CodeModel code) {
                        b.transformCode(code, new CodeWeaving(weaver, this, recordFields(m)));
                    } else {
                        b.with(e);
                    }
                };
                builder.transformMethod(m, transform);
            } else {
                builder.with(element);
            }
        }

        /** Return the reference components of the record whose generated method this is, else nothing. */
        private List<CodeWeaving.Field> recordFields(MethodModel m) {
            if (m.flags().has(AccessFlag.STATIC)) {
                return List.of();
            }
            return model.findAttribute(java.lang.classfile.Attributes.record()).stream()
                    .flatMap(r -> r.components().stream())
                    .filter(c -> !c.descriptorSymbol().isPrimitive())
                    .map(c -> new CodeWeaving.Field(
                            model.thisClass().asSymbol(), c.name().stringValue(), c.descriptorSymbol()))
                    .toList();
        }

        @Override
        public DirectMethodHandleDesc replace(DirectMethodHandleDesc handle, List<ClassDesc> captured) {
            if (!weaver.concerns(handle)) {
                return handle;
            }
            MethodTypeDesc type = handle.invocationType();
            boolean receiver = type.parameterCount()
                    > MethodTypeDesc.ofDescriptor(handle.lookupDescriptor()).parameterCount();
            MethodTypeDesc exact =
                    receiver && !captured.isEmpty() ? type.changeParameterType(0, captured.getFirst()) : type;
            return added.computeIfAbsent(
                    new Reference(handle, exact),
                    r -> MethodHandleDesc.ofMethod(
                            model.flags().has(AccessFlag.INTERFACE)
                                    ? DirectMethodHandleDesc.Kind.INTERFACE_STATIC
                                    : DirectMethodHandleDesc.Kind.STATIC,
                            model.thisClass().asSymbol(),
                            "lambda$gate$" + added.size(),
                            exact));
        }

        @Override
        public void atEnd(ClassBuilder builder) {
            added.forEach((reference, call) -> builder.withMethodBody(
                    call.methodName(),
                    reference.type,
                    ClassFile.ACC_PRIVATE | ClassFile.ACC_STATIC | ClassFile.ACC_SYNTHETIC,
                    b -> weaver.body(b, reference.handle, reference.type.parameterList())));
        }
    }

    private record Reference(DirectMethodHandleDesc handle, MethodTypeDesc type) {}

    static ClassDesc desc(Class<?> type) {
        return ClassDesc.ofDescriptor(type.descriptorString());
    }
}
