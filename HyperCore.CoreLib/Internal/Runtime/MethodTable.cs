using System.Runtime.CompilerServices;

namespace Internal.Runtime;

/// <summary>
/// What the compiler emits for each type: this header, the virtual methods, the interfaces, then optional fields, each a 4-byte
/// distance from itself. The layout is that of the Native AOT compiler 10.0.
/// </summary>
internal readonly unsafe struct MethodTable
{
    private const uint KindMask = 0x0003_0000;
    private const uint CanonicalKind = 0x0000_0000;
    private const uint ParameterizedKind = 0x0002_0000;
    private const uint DispatchMapFlag = 0x0004_0000;
    private const uint FinalizerFlag = 0x0010_0000;
    private const uint SealedVirtualsFlag = 0x0040_0000;
    private const uint GenericVarianceFlag = 0x0080_0000;
    private const uint GenericFlag = 0x0200_0000;
    private const int ElementTypeShift = 26;
    private const uint ElementTypeMask = 0x1F;

    private readonly uint _flags;
    private readonly uint _baseSize;
    private readonly MethodTable* _relatedType;
    private readonly ushort _vtableSlots;
    private readonly ushort _interfaces;
    private readonly uint _hashCode;

    /// <summary>The size of an array's element or a string's character.</summary>
    public ushort ComponentSize => (ushort)_flags;

    /// <summary>Bytes an object takes, with its header word and its pointer to this table.</summary>
    public uint BaseSize => _baseSize;

    public uint HashCode => _hashCode;

    public ElementType ElementType => (ElementType)((_flags >> ElementTypeShift) & ElementTypeMask);

    public bool IsNullable => ElementType == ElementType.Nullable;

    public bool IsValueType => ElementType < ElementType.Class;

    public bool IsPrimitive => ElementType < ElementType.ValueType;

    public bool IsInterface => ElementType == ElementType.Interface;

    public bool IsArray => ElementType is ElementType.Array or ElementType.SzArray;

    public bool IsGeneric => (_flags & GenericFlag) != 0;

    public bool HasGenericVariance => (_flags & GenericVarianceFlag) != 0;

    public bool HasDispatchMap => (_flags & DispatchMapFlag) != 0;

    /// <summary>The base class; null for System.Object, interfaces, pointers.</summary>
    public MethodTable* BaseType
    {
        get
        {
            if ((_flags & KindMask) == CanonicalKind)
            {
                return _relatedType;
            }

            return IsArray ? Of<System.Array>() : null;
        }
    }

    /// <summary>What an array holds.</summary>
    public MethodTable* ElementMethodTable => (_flags & KindMask) == ParameterizedKind ? _relatedType : null;

    public ushort VtableSlots => _vtableSlots;

    public ushort InterfaceCount => _interfaces;

    public nint* Vtable => (nint*)(Address + sizeof(MethodTable));

    public MethodTable** Interfaces => (MethodTable**)(Address + sizeof(MethodTable) + (_vtableSlots * sizeof(nint)));

    /// <summary>The size of a value type when it is not boxed.</summary>
    public uint ValueTypeSize => _baseSize - (2 * (uint)sizeof(nint)) - ((_flags & 0xE0) >> 5);

    /// <summary>Where a Nullable has its value.</summary>
    public int NullableValueOffset => 1 << (int)((_flags & 0x700) >> 8);

    /// <summary>What a Nullable may hold.</summary>
    public MethodTable* NullableType => GenericArgument(0);

    public DispatchMap* DispatchMap => (DispatchMap*)Follow(DispatchMapField);

    public MethodTable* GenericDefinition => (MethodTable*)Follow(GenericDefinitionField);

    /// <summary>Of a generic definition: how many parameters it has.</summary>
    public uint GenericParameterCount => _baseSize;

    /// <summary>Of a generic definition: one byte a parameter, 1 covariant, 2 contravariant; null when all are invariant.</summary>
    public byte* Variance => HasGenericVariance ? Follow(GenericDefinitionField) : null;

    private byte* Address => (byte*)Unsafe.AsPointer(in this);

    private int* OptionalFields => (int*)(Address + sizeof(MethodTable) + ((_vtableSlots + _interfaces) * sizeof(nint)));

    // The first two are always there: type manager and writable data.
    private int* DispatchMapField => OptionalFields + 2;

    private int* FinalizerField => DispatchMapField + (HasDispatchMap ? 1 : 0);

    private int* SealedVirtualsField => FinalizerField + ((_flags & FinalizerFlag) != 0 ? 1 : 0);

    private int* GenericDefinitionField => SealedVirtualsField + ((_flags & SealedVirtualsFlag) != 0 ? 1 : 0);

    /// <summary>The table of a type.</summary>
    [Intrinsic]
    public static extern MethodTable* Of<T>();

    /// <summary>The argument at <paramref name="index"/> of a generic instantiation.</summary>
    public MethodTable* GenericArgument(uint index)
    {
        int* composition = GenericDefinitionField + 1;
        int* arguments = GenericDefinition->GenericParameterCount == 1 ? composition : (int*)Follow(composition);
        return (MethodTable*)Follow(arguments + index);
    }

    /// <summary>The code of a virtual method that is not in <see cref="Vtable"/> because nothing can override it.</summary>
    public nint SealedVirtual(int slot) => (nint)Follow((int*)Follow(SealedVirtualsField) + slot);

    private static byte* Follow(int* field) => (byte*)field + *field;
}
