namespace HyperCore.Core.Emulation;

/// <summary>Where an operand is.</summary>
internal enum OperandKind
{
    /// <summary>A general-purpose register.</summary>
    Register,

    /// <summary>AH, CH, DH or BH.</summary>
    HighByte,

    /// <summary>Memory.</summary>
    Memory,

    /// <summary>A value that can only be read.</summary>
    Value,
}
