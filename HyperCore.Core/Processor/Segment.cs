namespace HyperCore.Core.Processor;

/// <summary>
/// The visible and hidden parts of a segment register. Attributes are in the VMCB's packed form (AMD APM vol. 2, 15.5.1): descriptor bits
/// 55:52 in bits 11:8, bits 47:40 in bits 7:0.
/// </summary>
/// <param name="selector">The visible selector.</param>
/// <param name="attributes">Packed attributes.</param>
/// <param name="limit">Limit in bytes, granularity applied.</param>
/// <param name="baseAddress">Linear base address.</param>
public readonly struct Segment(ushort selector, ushort attributes, uint limit, ulong baseAddress)
{
    /// <summary>The attribute bit of a long-mode code segment (L).</summary>
    public const ushort LongAttribute = 0x200;

    /// <summary>The visible selector.</summary>
    public readonly ushort Selector = selector;

    /// <summary>Packed attributes: type 3:0, S 4, DPL 6:5, P 7, AVL 8, L 9, D/B 10, G 11.</summary>
    public readonly ushort Attributes = attributes;

    /// <summary>Limit in bytes, granularity applied.</summary>
    public readonly uint Limit = limit;

    /// <summary>Linear base address.</summary>
    public readonly ulong Base = baseAddress;

    /// <summary>The type field, bits 3:0.</summary>
    public int Type => Attributes & 0xF;

    /// <summary>Descriptor privilege level.</summary>
    public int Dpl => (Attributes >> 5) & 3;

    /// <summary>Present.</summary>
    public bool Present => (Attributes & 0x80) != 0;

    /// <summary>Long-mode code segment (L).</summary>
    public bool Long => (Attributes & LongAttribute) != 0;

    /// <summary>Default operand size (D for code, B for stack).</summary>
    public bool Big => (Attributes & 0x400) != 0;

    /// <summary>Code segment (S set and type bit 3 set).</summary>
    public bool IsCode => (Attributes & 0x18) == 0x18;
}
