using System.Runtime.CompilerServices;
using Internal.Runtime;

namespace System.Runtime;

/// <summary>What compiled code calls for allocation and boxing. The names, of symbols and of methods, are the compiler's.</summary>
internal static unsafe class RuntimeExports
{
    [RuntimeExport("RhpNewFast")]
    internal static object NewObject(MethodTable* type)
    {
        byte* memory = Arena.Allocate(type->BaseSize) + sizeof(nint);
        *(MethodTable**)memory = type;
        return *(object*)&memory;
    }

    [RuntimeExport("RhNewObject")]
    private static object RhNewObject(MethodTable* type) => NewObject(type);

    [RuntimeExport("RhpNewArrayFast")]
    internal static Array NewArray(MethodTable* type, nint length)
    {
        if ((nuint)length > int.MaxValue)
        {
            throw new OverflowException("Array dimensions exceeded the supported range.");
        }

        byte* memory = Arena.Allocate(type->BaseSize + ((nuint)length * type->ComponentSize)) + sizeof(nint);
        *(MethodTable**)memory = type;
        *(int*)(memory + sizeof(nint)) = (int)length;
        return *(Array*)&memory;
    }

    [RuntimeExport("RhpNewArray")]
    private static Array NewArraySlow(MethodTable* type, nint length) => NewArray(type, length);

    [RuntimeExport("RhNewArray")]
    private static Array RhNewArray(MethodTable* type, nint length) => NewArray(type, length);

    [RuntimeExport("RhpNewPtrArrayFast")]
    private static Array NewReferenceArray(MethodTable* type, nint length) => NewArray(type, length);

    [RuntimeExport("RhNewString")]
    internal static string NewString(MethodTable* type, nint length)
    {
        byte* memory = Arena.Allocate(type->BaseSize + ((nuint)length * sizeof(char))) + sizeof(nint);
        *(MethodTable**)memory = type;
        *(int*)(memory + sizeof(nint)) = (int)length;
        return *(string*)&memory;
    }

    [RuntimeExport("RhBox")]
    internal static object? RhBox(MethodTable* type, ref byte data)
    {
        if (type->IsNullable)
        {
            if (data == 0)
            {
                return null;
            }

            data = ref Unsafe.Add(ref data, type->NullableValueOffset);
            type = type->NullableType;
        }

        object result = NewObject(type);
        SpanHelpers.Memmove(ref result.GetRawData(), ref data, type->ValueTypeSize);
        return result;
    }

    [RuntimeExport("RhUnbox2")]
    private static ref byte RhUnbox2(MethodTable* type, object obj)
    {
        if (obj == null)
        {
            ThrowHelper.ThrowNullReference();
        }

        if (!SameBoxedType(type, obj.m_pEEType))
        {
            ThrowHelper.ThrowInvalidCast();
        }

        return ref obj.GetRawData();
    }

    [RuntimeExport("RhUnboxTypeTest")]
    private static void RhUnboxTypeTest(MethodTable* type, MethodTable* boxed)
    {
        if (!SameBoxedType(type, boxed))
        {
            ThrowHelper.ThrowInvalidCast();
        }
    }

    [RuntimeExport("RhUnboxNullable")]
    private static void RhUnboxNullable(ref byte data, MethodTable* nullable, object? obj)
    {
        if (obj != null && obj.m_pEEType != nullable->NullableType)
        {
            ThrowHelper.ThrowInvalidCast();
        }

        RhUnbox(obj, ref data, nullable);
    }

    [RuntimeExport("RhUnbox")]
    private static void RhUnbox(object? obj, ref byte data, MethodTable* type)
    {
        if (type->IsNullable)
        {
            if (obj == null)
            {
                SpanHelpers.ClearWithoutReferences(ref data, type->ValueTypeSize);
                return;
            }

            data = 1;
            SpanHelpers.Memmove(ref Unsafe.Add(ref data, type->NullableValueOffset), ref obj.GetRawData(), obj.m_pEEType->ValueTypeSize);
            return;
        }

        SpanHelpers.Memmove(ref data, ref obj!.GetRawData(), type->ValueTypeSize);
    }

    internal static object? BoxOrLoad(MethodTable* type, ref byte data) => type->IsValueType ? RhBox(type, ref data) : Unsafe.As<byte, object>(ref data);

    // An enum unboxes as its underlying type and the other way round (ECMA-335, III.4.32).
    private static bool SameBoxedType(MethodTable* left, MethodTable* right)
        => left == right || (left->IsPrimitive && left->ElementType == right->ElementType);
}
