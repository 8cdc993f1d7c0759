package dev.uring.runtime;

import java.lang.System.Logger.Level;
import java.lang.management.ManagementFactory;
import java.lang.ref.WeakReference;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import javax.management.Attribute;
import javax.management.AttributeList;
import javax.management.AttributeNotFoundException;
import javax.management.DynamicMBean;
import javax.management.InstanceNotFoundException;
import javax.management.JMException;
import javax.management.MBeanInfo;
import javax.management.MBeanOperationInfo;
import javax.management.ObjectName;
import javax.management.ReflectionException;
import javax.management.openmbean.ArrayType;
import javax.management.openmbean.CompositeData;
import javax.management.openmbean.CompositeDataSupport;
import javax.management.openmbean.CompositeType;
import javax.management.openmbean.OpenDataException;
import javax.management.openmbean.OpenMBeanAttributeInfoSupport;
import javax.management.openmbean.OpenType;
import javax.management.openmbean.SimpleType;

/**
 * A runtime's metrics and dump for management tools, as {@code dev.uring:type=Runtime,name=uring-1}. The attributes are
 * what {@link RuntimeMetrics} has, found by reflection so that none is forgotten: numbers as they are, records as
 * composite data, the list of workers as an array. Touched only where java.management is present; keeps no runtime alive.
 */
final class RuntimeBean implements DynamicMBean {
    private static final String DUMP = "dump";
    private static final Set<String> OF_OBJECT = Set.of("toString", "hashCode");
    /** Components and sums, by name. */
    private static final Map<String, Method> ATTRIBUTES = attributes();

    private final WeakReference<UringRuntime> runtime;
    private final ObjectName name;

    private RuntimeBean(UringRuntime runtime) throws JMException {
        this.runtime = new WeakReference<>(runtime);
        name = new ObjectName("dev.uring:type=Runtime,name=" + runtime.name());
    }

    private static Map<String, Method> attributes() {
        Map<String, Method> all = new TreeMap<>();
        for (Method method : RuntimeMetrics.class.getDeclaredMethods()) {
            if (Modifier.isPublic(method.getModifiers()) && method.getParameterCount() == 0
                    && !OF_OBJECT.contains(method.getName())) {
                all.put(method.getName(), method);
            }
        }
        return all;
    }

    /** Shows a runtime to management tools; answers null when they refuse, which the log tells. */
    static RuntimeBean register(UringRuntime runtime) {
        try {
            var bean = new RuntimeBean(runtime);
            ManagementFactory.getPlatformMBeanServer().registerMBean(bean, bean.name);
            return bean;
        } catch (JMException e) {
            System.getLogger("dev.uring").log(Level.WARNING, "no MBean for " + runtime.name(), e);
            return null;
        }
    }

    /** Takes it back; any thread, more than once. */
    void unregister() {
        try {
            ManagementFactory.getPlatformMBeanServer().unregisterMBean(name);
        } catch (InstanceNotFoundException e) {
            System.getLogger("dev.uring").log(Level.DEBUG, "taken back before: " + name, e);
        } catch (JMException e) {
            System.getLogger("dev.uring").log(Level.WARNING, "MBean stays: " + name, e);
        }
    }

    @Override
    public Object getAttribute(String attribute) throws AttributeNotFoundException, ReflectionException {
        UringRuntime shown = runtime.get();
        Method method = ATTRIBUTES.get(attribute);
        if (shown == null || method == null) {
            throw new AttributeNotFoundException(name + " has no attribute=" + attribute);
        }
        return valueOf(shown.metrics(), method);
    }

    @Override
    public AttributeList getAttributes(String[] attributes) {
        AttributeList answer = new AttributeList();
        UringRuntime shown = runtime.get();
        if (shown == null) {
            return answer;
        }
        RuntimeMetrics metrics = shown.metrics(); // one look for all
        for (String each : attributes) {
            Method method = ATTRIBUTES.get(each);
            if (method != null) {
                try {
                    answer.add(new Attribute(each, valueOf(metrics, method)));
                } catch (ReflectionException e) {
                    System.getLogger("dev.uring").log(Level.WARNING, name + " cannot tell attribute=" + each, e);
                }
            }
        }
        return answer;
    }

    @Override
    public void setAttribute(Attribute attribute) throws AttributeNotFoundException {
        throw new AttributeNotFoundException(name + " has nothing to set: attribute=" + attribute.getName());
    }

    @Override
    public AttributeList setAttributes(AttributeList attributes) {
        return new AttributeList();
    }

    @Override
    public Object invoke(String action, Object[] arguments, String[] signature) throws ReflectionException {
        UringRuntime shown = runtime.get();
        if (shown == null || !action.equals(DUMP)) {
            throw new ReflectionException(new NoSuchMethodException(name + " has no operation=" + action));
        }
        return shown.dump();
    }

    @Override
    public MBeanInfo getMBeanInfo() {
        try {
            List<OpenMBeanAttributeInfoSupport> attributes = new ArrayList<>();
            for (Method each : ATTRIBUTES.values()) {
                attributes.add(new OpenMBeanAttributeInfoSupport(each.getName(), "see RuntimeMetrics." + each.getName(),
                        typeOf(each.getReturnType()), true, false, false));
            }
            var dump = new MBeanOperationInfo(DUMP, "everything in flight", null, String.class.getName(),
                    MBeanOperationInfo.INFO);
            return new MBeanInfo(UringRuntime.class.getName(), "what a runtime counts and holds",
                    attributes.toArray(OpenMBeanAttributeInfoSupport[]::new), null, new MBeanOperationInfo[] {dump}, null);
        } catch (OpenDataException e) {
            throw new AssertionError(e); // the types are ours
        }
    }

    // ---- records as open data ----

    private static OpenType<?> typeOf(Class<?> type) throws OpenDataException {
        if (type == int.class) {
            return SimpleType.INTEGER;
        }
        if (type == long.class) {
            return SimpleType.LONG;
        }
        return type.isRecord() ? compositeOf(type)
                : new ArrayType<CompositeData[]>(1, compositeOf(RuntimeMetrics.WorkerMetrics.class));
    }

    private static CompositeType compositeOf(Class<?> type) throws OpenDataException {
        RecordComponent[] components = type.getRecordComponents();
        String[] names = new String[components.length];
        OpenType<?>[] types = new OpenType<?>[components.length];
        for (int i = 0; i < components.length; i++) {
            names[i] = components[i].getName();
            types[i] = typeOf(components[i].getType());
        }
        return new CompositeType(type.getSimpleName(), "see " + type.getName(), names, names, types);
    }

    private static Object valueOf(Object owner, Method method) throws ReflectionException {
        try {
            return open(method.invoke(owner));
        } catch (ReflectiveOperationException e) {
            throw new ReflectionException(e);
        } catch (OpenDataException e) {
            throw new AssertionError(e); // the types are ours
        }
    }

    private static Object open(Object value) throws ReflectiveOperationException, OpenDataException {
        if (value instanceof List<?> list) {
            CompositeData[] all = new CompositeData[list.size()];
            for (int i = 0; i < all.length; i++) {
                all[i] = (CompositeData) open(list.get(i));
            }
            return all;
        }
        if (!(value instanceof Record)) {
            return value;
        }
        Map<String, Object> items = new TreeMap<>();
        for (RecordComponent component : value.getClass().getRecordComponents()) {
            items.put(component.getName(), open(component.getAccessor().invoke(value)));
        }
        return new CompositeDataSupport(compositeOf(value.getClass()), items);
    }
}
