using System.Runtime.CompilerServices;
using Internal.Runtime;

namespace System.Runtime;

/// <summary>Casts and array stores, as compiled code calls them.</summary>
internal static unsafe class TypeCast
{
    /// <summary>An object of type <paramref name="source"/> is also one of type <paramref name="target"/>.</summary>
    public static bool IsAssignable(MethodTable* source, MethodTable* target)
    {
        if (source == target)
        {
            return true;
        }

        if (target->IsInterface)
        {
            return ImplementsInterface(source, target);
        }

        if (target->IsArray)
        {
            return source->IsArray && source->BaseSize == target->BaseSize && IsElementAssignable(source->ElementMethodTable, target->ElementMethodTable);
        }

        if (source->IsArray)
        {
            // What is not an array and not an interface is System.Array or System.Object.
            return target == MethodTable.Of<Array>() || target == MethodTable.Of<object>();
        }

        for (MethodTable* type = source->BaseType; type != null; type = type->BaseType)
        {
            if (type == target)
            {
                return true;
            }
        }

        return target->HasGenericVariance && source->HasGenericVariance && IsVariantMatch(source, target);
    }

    public static object? IsInstanceOfAny(MethodTable* target, object? obj) => obj == null || IsAssignable(obj.m_pEEType, target) ? obj : null;

    public static object? IsInstanceOfInterface(MethodTable* target, object? obj) => obj == null || ImplementsInterface(obj.m_pEEType, target) ? obj : null;

    public static object? IsInstanceOfClass(MethodTable* target, object? obj)
    {
        if (obj == null || obj.m_pEEType == target)
        {
            return obj;
        }

        return IsAssignable(obj.m_pEEType, target) ? obj : null;
    }

    public static bool IsInstanceOfException(MethodTable* target, object? obj) => obj != null && IsAssignable(obj.m_pEEType, target);

    public static object? CheckCastAny(MethodTable* target, object? obj)
    {
        if (obj != null && !IsAssignable(obj.m_pEEType, target))
        {
            ThrowHelper.ThrowInvalidCast();
        }

        return obj;
    }

    public static object? CheckCastInterface(MethodTable* target, object? obj)
    {
        if (obj != null && !ImplementsInterface(obj.m_pEEType, target))
        {
            ThrowHelper.ThrowInvalidCast();
        }

        return obj;
    }

    public static object? CheckCastClass(MethodTable* target, object? obj) => obj == null || obj.m_pEEType == target ? obj : CheckCastAny(target, obj);

    public static object? CheckCastClassSpecial(MethodTable* target, object? obj) => CheckCastAny(target, obj);

    /// <summary>A store into an array of references; the array may be one of a derived type (ECMA-335, III.4.26).</summary>
    [RuntimeExport("RhpStelemRef")]
    public static void StelemRef(object?[] array, nint index, object? obj)
    {
        if ((nuint)index >= (nuint)array.Length)
        {
            ThrowHelper.ThrowIndexOutOfRange();
        }

        if (obj != null)
        {
            MethodTable* elementType = array.m_pEEType->ElementMethodTable;
            if (obj.m_pEEType != elementType && !IsAssignable(obj.m_pEEType, elementType))
            {
                ThrowHelper.ThrowArrayTypeMismatch();
            }
        }

        Unsafe.Add(ref Unsafe.As<byte, object?>(ref array.GetRawArrayData()), index) = obj;
    }

    /// <summary>The address of an element, whose type must be exactly what the code expects (ECMA-335, III.4.9).</summary>
    [RuntimeExport("RhpLdelemaRef")]
    public static ref object? LdelemaRef(object?[] array, nint index, MethodTable* elementType)
    {
        if ((nuint)index >= (nuint)array.Length)
        {
            ThrowHelper.ThrowIndexOutOfRange();
        }

        if (array.m_pEEType->ElementMethodTable != elementType)
        {
            ThrowHelper.ThrowArrayTypeMismatch();
        }

        return ref Unsafe.Add(ref Unsafe.As<byte, object?>(ref array.GetRawArrayData()), index);
    }

    [RuntimeExport("RhCheckArrayStore")]
    private static void CheckArrayStore(object? array, object? obj)
    {
        if (array != null && obj != null && !IsAssignable(obj.m_pEEType, array.m_pEEType->ElementMethodTable))
        {
            ThrowHelper.ThrowArrayTypeMismatch();
        }
    }

    /// <summary>The two are instantiations of one variant generic type, and each argument may stand for the other's.</summary>
    internal static bool IsVariantMatch(MethodTable* source, MethodTable* target)
    {
        MethodTable* definition = target->GenericDefinition;
        if (!source->IsGeneric || source->GenericDefinition != definition)
        {
            return false;
        }

        byte* variance = definition->Variance;
        uint arity = definition->GenericParameterCount;
        for (uint i = 0; i < arity; i++)
        {
            MethodTable* sourceArgument = source->GenericArgument(i);
            MethodTable* targetArgument = target->GenericArgument(i);
            if (sourceArgument == targetArgument)
            {
                continue;
            }

            const byte Covariant = 1;
            const byte Contravariant = 2;
            bool match = variance == null ? false : variance[i] switch
            {
                Covariant => IsReferenceAssignable(sourceArgument, targetArgument),
                Contravariant => IsReferenceAssignable(targetArgument, sourceArgument),
                _ => false,
            };
            if (!match)
            {
                return false;
            }
        }

        return true;
    }

    private static bool ImplementsInterface(MethodTable* source, MethodTable* target)
    {
        MethodTable** interfaces = source->Interfaces;
        for (int i = 0; i < source->InterfaceCount; i++)
        {
            if (interfaces[i] == target)
            {
                return true;
            }
        }

        if (target->HasGenericVariance)
        {
            for (int i = 0; i < source->InterfaceCount; i++)
            {
                if (interfaces[i]->HasGenericVariance && IsVariantMatch(interfaces[i], target))
                {
                    return true;
                }
            }
        }

        return source == target;
    }

    private static bool IsReferenceAssignable(MethodTable* source, MethodTable* target) => !source->IsValueType && !target->IsValueType && IsAssignable(source, target);

    // Arrays of references are covariant; arrays of integers of one size may stand for each other (ECMA-335, I.8.7.1).
    private static bool IsElementAssignable(MethodTable* source, MethodTable* target)
    {
        if (source == target)
        {
            return true;
        }

        if (source->IsValueType || target->IsValueType)
        {
            return source->IsPrimitive && target->IsPrimitive && ReducedType(source->ElementType) == ReducedType(target->ElementType);
        }

        return IsAssignable(source, target);
    }

    private static ElementType ReducedType(ElementType type) => type switch
    {
        ElementType.SByte => ElementType.Byte,
        ElementType.Int16 => ElementType.UInt16,
        ElementType.Int32 => ElementType.UInt32,
        ElementType.Int64 => ElementType.UInt64,
        ElementType.IntPtr => ElementType.UIntPtr,
        _ => type,
    };
}
