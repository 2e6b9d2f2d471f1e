using System;
using System.Buffers.Binary;

namespace HyperCore.Core.Acpi.Host;

/// <summary>
/// The ACPI tables of the real machine. Firmware is trusted no more than it must be: every length is bounded, every checksum verified, and
/// a table that fails either is as good as absent.
/// </summary>
public sealed class HostAcpiTables
{
    /// <summary>A table longer than this is taken for garbage, in bytes.</summary>
    public const int MaxTableLength = 16 << 20;

    /// <summary>The most tables the root table may name; the rest is ignored.</summary>
    public const int MaxTables = 256;

    /// <summary>Length of the header every table starts with, in bytes (ACPI 6.5, 5.2.6).</summary>
    public const int HeaderLength = 36;

    private const int RsdpLengthRevision1 = 20;
    private const int RsdpLength = 36;
    private const int RsdpRevisionOffset = 15;
    private const int RsdpRsdtOffset = 16;
    private const int RsdpLengthOffset = 20;
    private const int RsdpXsdtOffset = 24;

    private readonly PhysicalMemoryReader _memory;
    private readonly ulong[] _addresses = new ulong[MaxTables];

    private HostAcpiTables(PhysicalMemoryReader memory)
    {
        _memory = memory;
    }

    /// <summary>How many tables the root table names, good or bad.</summary>
    public int Count { get; private set; }

    /// <summary>Opens the tables below the RSDP (ACPI 6.5, 5.2.5.3).</summary>
    /// <param name="memory">The machine's memory.</param>
    /// <param name="rsdpAddress">Where the firmware says the RSDP is.</param>
    /// <param name="problem">Why there are no tables, for people to read; empty when there are.</param>
    /// <returns>The tables, or null when the RSDP or the root table is missing or damaged.</returns>
    public static HostAcpiTables? Open(PhysicalMemoryReader memory, ulong rsdpAddress, out string problem)
    {
        ReadOnlySpan<byte> rsdp = memory.View(rsdpAddress, RsdpLengthRevision1);
        if (rsdp.Length < RsdpLengthRevision1 || !rsdp.StartsWith("RSD PTR "u8))
        {
            problem = "there is no ACPI RSDP where the firmware says it is";
            return null;
        }

        if (Checksum(rsdp) != 0)
        {
            problem = "the checksum of the ACPI RSDP is wrong";
            return null;
        }

        uint rsdt = BinaryPrimitives.ReadUInt32LittleEndian(rsdp.Slice(RsdpRsdtOffset));
        ulong xsdt = rsdp[RsdpRevisionOffset] >= 2 ? XsdtAddress(memory, rsdpAddress) : 0;
        var tables = new HostAcpiTables(memory);
        if (!tables.ReadRoot(xsdt, HostTableSignature.Xsdt, sizeof(ulong)) && !tables.ReadRoot(rsdt, HostTableSignature.Rsdt, sizeof(uint)))
        {
            problem = "neither the ACPI XSDT nor the RSDT is valid";
            return null;
        }

        problem = "";
        return tables;
    }

    /// <summary>Finds the <paramref name="instance"/>-th valid table (from 0) with a signature, as the root table lists them.</summary>
    /// <returns>The whole table with its header, or an empty span when there is none.</returns>
    public ReadOnlySpan<byte> Find(uint signature, int instance = 0)
    {
        for (int i = 0; i < Count; i++)
        {
            ReadOnlySpan<byte> table = ViewTable(_addresses[i], signature);
            if (!table.IsEmpty && instance-- == 0)
            {
                return table;
            }
        }

        return default;
    }

    /// <summary>The table at an address another table gave.</summary>
    /// <returns>The whole table with its header, or an empty span when signature, length or checksum is wrong.</returns>
    public ReadOnlySpan<byte> ViewTable(ulong address, uint signature)
    {
        if (address == 0)
        {
            return default;
        }

        ReadOnlySpan<byte> header = _memory.View(address, HeaderLength);
        if (header.Length < HeaderLength || BinaryPrimitives.ReadUInt32LittleEndian(header) != signature)
        {
            return default;
        }

        uint length = BinaryPrimitives.ReadUInt32LittleEndian(header.Slice(4));
        if (length < HeaderLength || length > MaxTableLength)
        {
            return default;
        }

        ReadOnlySpan<byte> table = _memory.View(address, (int)length);
        return table.Length == (int)length && Checksum(table) == 0 ? table : default;
    }

    /// <summary>The sum of all bytes, which is 0 for a valid table.</summary>
    public static byte Checksum(ReadOnlySpan<byte> bytes)
    {
        byte sum = 0;
        for (int i = 0; i < bytes.Length; i++)
        {
            sum += bytes[i];
        }

        return sum;
    }

    private static ulong XsdtAddress(PhysicalMemoryReader memory, ulong rsdpAddress)
    {
        ReadOnlySpan<byte> rsdp = memory.View(rsdpAddress, RsdpLength);
        if (rsdp.Length < RsdpLength || BinaryPrimitives.ReadUInt32LittleEndian(rsdp.Slice(RsdpLengthOffset)) < RsdpLength || Checksum(rsdp) != 0)
        {
            return 0;
        }

        return BinaryPrimitives.ReadUInt64LittleEndian(rsdp.Slice(RsdpXsdtOffset));
    }

    private bool ReadRoot(ulong address, uint signature, int entrySize)
    {
        ReadOnlySpan<byte> root = ViewTable(address, signature);
        if (root.IsEmpty)
        {
            return false;
        }

        for (int at = HeaderLength; at <= root.Length - entrySize && Count < MaxTables; at += entrySize)
        {
            ReadOnlySpan<byte> entry = root.Slice(at, entrySize);
            _addresses[Count++] = entrySize == sizeof(ulong) ? BinaryPrimitives.ReadUInt64LittleEndian(entry) : BinaryPrimitives.ReadUInt32LittleEndian(entry);
        }

        return true;
    }
}
