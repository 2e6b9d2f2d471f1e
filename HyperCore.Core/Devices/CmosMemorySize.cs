using System;

namespace HyperCore.Core.Devices;

/// <summary>The bytes of CMOS RAM in which firmware leaves the size of memory, and the checksum over them.</summary>
internal static class CmosMemorySize
{
    /// <summary>Writes them.</summary>
    /// <param name="ram">CMOS RAM.</param>
    /// <param name="below4G">End of RAM below 4 GiB, in bytes.</param>
    /// <param name="above4G">Bytes of RAM from 4 GiB on.</param>
    public static void Write(Span<byte> ram, ulong below4G, ulong above4G)
    {
        const ulong KiB = 1 << 10;
        const ulong MiB = 1 << 20;
        StoreWord(ram, CmosRegister.BaseMemory, 640);
        ulong above1M = below4G > MiB ? Math.Min((below4G - MiB) / KiB, 63 * KiB) : 0;
        StoreWord(ram, CmosRegister.ExtendedMemory, (ushort)above1M);
        StoreWord(ram, CmosRegister.ExtendedMemoryFound, (ushort)above1M);
        ulong above16M = below4G > 16 * MiB ? Math.Min((below4G - (16 * MiB)) / (64 * KiB), ushort.MaxValue) : 0;
        StoreWord(ram, CmosRegister.MemoryAbove16M, (ushort)above16M);
        ulong chunks = Math.Min(above4G / (64 * KiB), 0xFF_FFFF);
        StoreWord(ram, CmosRegister.MemoryAbove4G, (ushort)chunks);
        ram[CmosRegister.MemoryAbove4G + 2] = (byte)(chunks >> 16);

        int sum = 0;
        for (int i = 0x10; i < CmosRegister.Checksum; i++)
        {
            sum += ram[i];
        }

        ram[CmosRegister.Checksum] = (byte)(sum >> 8);
        ram[CmosRegister.Checksum + 1] = (byte)sum;
    }

    private static void StoreWord(Span<byte> ram, byte index, ushort value)
    {
        ram[index] = (byte)value;
        ram[index + 1] = (byte)(value >> 8);
    }
}
