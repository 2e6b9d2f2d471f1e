using System;
using System.Buffers.Binary;

namespace HyperCore.StartScreen.Settings;

/// <summary>
/// How the settings lie on their disk. Its two halves are slots, written in turn, so that the last settings are there whenever the power goes.
/// A slot is the eight letters HCSETT1 and 0, then 32-bit little-endian: flags (1: encrypted), generation, length, CRC-32 of the whole slot up to
/// the end of the data with this field 0; then the data. The valid slot of the later generation counts.
/// </summary>
internal static class SettingsSlots
{
    /// <summary>The smallest disk that is used.</summary>
    public const int SmallestDisk = 4096;

    private const int SectorSize = 512;
    private const int HeaderSize = 24;
    private const int FlagsAt = 8;
    private const int GenerationAt = 12;
    private const int LengthAt = 16;
    private const int ChecksumAt = 20;
    private const uint Encrypted = 1;

    private static ReadOnlySpan<byte> Magic => "HCSETT1\0"u8;

    /// <summary>Bytes of data that fit.</summary>
    /// <param name="diskSize">Bytes of the disk.</param>
    public static int Capacity(int diskSize) => SlotSize(diskSize) - HeaderSize;

    /// <summary>Finds what was written last.</summary>
    /// <param name="disk">All of the disk.</param>
    /// <param name="encrypted">The data are encrypted.</param>
    /// <returns>Null when nothing was, or it is damaged.</returns>
    public static byte[]? Read(ReadOnlySpan<byte> disk, out bool encrypted)
    {
        int slot = Newest(disk);
        encrypted = false;
        if (slot < 0)
        {
            return null;
        }

        ReadOnlySpan<byte> bytes = disk.Slice(slot, SlotSize(disk.Length));
        encrypted = (Field(bytes, FlagsAt) & Encrypted) != 0;
        return bytes.Slice(HeaderSize, (int)Field(bytes, LengthAt)).ToArray();
    }

    /// <summary>Prepares what is to be written.</summary>
    /// <param name="disk">All of the disk as it is.</param>
    /// <param name="data">The data, no more than <see cref="Capacity"/>.</param>
    /// <param name="encrypted">They are encrypted.</param>
    /// <param name="offset">Where on the disk to write.</param>
    /// <returns>Whole sectors.</returns>
    public static byte[] Write(ReadOnlySpan<byte> disk, ReadOnlySpan<byte> data, bool encrypted, out int offset)
    {
        int newest = Newest(disk);
        offset = newest == 0 ? SlotSize(disk.Length) : 0;
        uint generation = newest < 0 ? 1 : Field(disk[newest..], GenerationAt) + 1;
        byte[] slot = new byte[(HeaderSize + data.Length + SectorSize - 1) / SectorSize * SectorSize];
        Magic.CopyTo(slot);
        BinaryPrimitives.WriteUInt32LittleEndian(slot.AsSpan(FlagsAt), encrypted ? Encrypted : 0);
        BinaryPrimitives.WriteUInt32LittleEndian(slot.AsSpan(GenerationAt), generation);
        BinaryPrimitives.WriteUInt32LittleEndian(slot.AsSpan(LengthAt), (uint)data.Length);
        data.CopyTo(slot.AsSpan(HeaderSize));
        BinaryPrimitives.WriteUInt32LittleEndian(slot.AsSpan(ChecksumAt), Checksum(slot, data.Length));
        return slot;
    }

    private static int SlotSize(int diskSize) => diskSize / 2 / SectorSize * SectorSize;

    private static int Newest(ReadOnlySpan<byte> disk)
    {
        int size = SlotSize(disk.Length);
        bool first = IsValid(disk[..size]);
        bool second = IsValid(disk.Slice(size, size));
        if (first && second)
        {
            // The generations may have gone round.
            return (int)(Field(disk, GenerationAt) - Field(disk[size..], GenerationAt)) > 0 ? 0 : size;
        }

        return first ? 0 : second ? size : -1;
    }

    private static bool IsValid(ReadOnlySpan<byte> slot)
    {
        if (slot.Length < HeaderSize || !slot.StartsWith(Magic) || Field(slot, LengthAt) > slot.Length - HeaderSize)
        {
            return false;
        }

        int length = (int)Field(slot, LengthAt);
        return Field(slot, ChecksumAt) == Checksum(slot, length);
    }

    private static uint Checksum(ReadOnlySpan<byte> slot, int length)
    {
        uint crc = Crc(uint.MaxValue, slot[..ChecksumAt]);
        crc = Crc(crc, [0, 0, 0, 0]);
        return ~Crc(crc, slot.Slice(HeaderSize, length));
    }

    // ISO 3309, as in zip and PNG.
    private static uint Crc(uint crc, ReadOnlySpan<byte> bytes)
    {
        foreach (byte value in bytes)
        {
            crc ^= value;
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (crc >> 1) ^ ((crc & 1) * 0xEDB8_8320);
            }
        }

        return crc;
    }

    private static uint Field(ReadOnlySpan<byte> slot, int at) => BinaryPrimitives.ReadUInt32LittleEndian(slot[at..]);
}
