using System.Runtime;
using System.Runtime.CompilerServices;
using Internal.Runtime;

namespace System;

public abstract unsafe class ValueType
{
    private const int CompareBytes = -1;
    private const int NumberOfFields = -1;

    /// <summary>Field by field, or byte by byte where the compiler knows that this is the same.</summary>
    public override bool Equals(object? obj)
    {
        if (obj == null || obj.m_pEEType != m_pEEType)
        {
            return false;
        }

        ref byte left = ref GetRawData();
        ref byte right = ref obj.GetRawData();
        int fields = __GetFieldHelper(NumberOfFields, out _);
        if (fields == CompareBytes)
        {
            return SpanHelpers.SequenceEqual(ref left, ref right, m_pEEType->BaseSize - (2 * (uint)sizeof(nint)));
        }

        for (int i = 0; i < fields; i++)
        {
            int offset = __GetFieldHelper(i, out MethodTable* fieldType);
            object? leftField = RuntimeExports.BoxOrLoad(fieldType, ref Unsafe.Add(ref left, offset));
            object? rightField = RuntimeExports.BoxOrLoad(fieldType, ref Unsafe.Add(ref right, offset));
            if (!Equals(leftField, rightField))
            {
                return false;
            }
        }

        return true;
    }

    public override int GetHashCode() => (int)m_pEEType->HashCode;

    // The compiler overrides this for value types that must be compared by field; the name is its own.
    internal virtual int __GetFieldHelper(int index, out MethodTable* fieldType)
    {
        fieldType = null;
        return CompareBytes;
    }
}
