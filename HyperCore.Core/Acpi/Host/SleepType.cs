using System;

namespace HyperCore.Core.Acpi.Host;

/// <summary>
/// The two values that turn the machine off, from the <c>\_S5</c> package of its DSDT (ACPI 6.5, 7.4.2). The package is a constant on
/// every machine, so it is found by its byte pattern; no AML is run.
/// </summary>
public readonly struct SleepType
{
    private const byte NameOp = 0x08;
    private const byte PackageOp = 0x12;
    private const byte ZeroOp = 0x00;
    private const byte OneOp = 0x01;
    private const byte OnesOp = 0xFF;
    private const byte BytePrefix = 0x0A;
    private const byte WordPrefix = 0x0B;
    private const byte DWordPrefix = 0x0C;

    private SleepType(byte typeA, byte typeB)
    {
        TypeA = typeA;
        TypeB = typeB;
    }

    /// <summary>SLP_TYP for PM1a control, 0 to 7.</summary>
    public byte TypeA { get; }

    /// <summary>SLP_TYP for PM1b control, 0 to 7.</summary>
    public byte TypeB { get; }

    /// <summary>Looks for <c>Name (_S5, Package {a, b, ...})</c> in a definition block.</summary>
    /// <param name="table">A whole DSDT or SSDT with its header.</param>
    /// <param name="off">The values found.</param>
    /// <returns>False when there is no such package or its elements are no integer constants.</returns>
    public static bool TryFindSoftOff(ReadOnlySpan<byte> table, out SleepType off)
    {
        off = default;
        for (int at = HostAcpiTables.HeaderLength; at < table.Length; at++)
        {
            int found = table.Slice(at).IndexOf("_S5_"u8);
            if (found < 0)
            {
                return false;
            }

            at += found;
            if (IsNamed(table, at) && TryPackage(table.Slice(at + 4), out off))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The name at <paramref name="at"/> is what a NameOp defines, with or without a root prefix (ACPI 6.5, 20.2.5.1).</summary>
    private static bool IsNamed(ReadOnlySpan<byte> table, int at)
        => table[at - 1] == NameOp || (table[at - 1] == (byte)'\\' && table[at - 2] == NameOp);

    private static bool TryPackage(ReadOnlySpan<byte> aml, out SleepType off)
    {
        off = default;

        // DefPackage := PackageOp PkgLength NumElements PackageElementList; the top two bits of PkgLength count the bytes after it (20.2.4).
        if (aml.Length < 2 || aml[0] != PackageOp)
        {
            return false;
        }

        int elements = 2 + (aml[1] >> 6);
        if (elements >= aml.Length || aml[elements] < 1)
        {
            return false;
        }

        int count = aml[elements];
        int at = elements + 1;
        if (!TryInteger(aml, ref at, out uint typeA))
        {
            return false;
        }

        uint typeB = 0;
        if (count >= 2)
        {
            if (!TryInteger(aml, ref at, out typeB))
            {
                return false;
            }
        }
        else
        {
            // Some firmware packs both into one number: PM1a in byte 0, PM1b in byte 1.
            typeB = (typeA >> 8) & 0xFF;
        }

        off = new SleepType((byte)(typeA & 7), (byte)(typeB & 7));
        return true;
    }

    /// <summary>An integer constant (ACPI 6.5, 20.2.3); moves <paramref name="at"/> behind it.</summary>
    private static bool TryInteger(ReadOnlySpan<byte> aml, ref int at, out uint value)
    {
        value = 0;
        if (at >= aml.Length)
        {
            return false;
        }

        int bytes;
        switch (aml[at++])
        {
            case ZeroOp:
                return true;
            case OneOp:
                value = 1;
                return true;
            case OnesOp:
                value = uint.MaxValue;
                return true;
            case BytePrefix:
                bytes = 1;
                break;
            case WordPrefix:
                bytes = 2;
                break;
            case DWordPrefix:
                bytes = 4;
                break;
            default:
                return false;
        }

        if (bytes > aml.Length - at)
        {
            return false;
        }

        for (int i = 0; i < bytes; i++)
        {
            value |= (uint)aml[at++] << (8 * i);
        }

        return true;
    }
}
