using System;
using System.Buffers.Binary;

namespace HyperCore.Core.Devices;

/// <summary>
/// Builds the description that a monitor gives of itself (VESA E-EDID 1.4), for a screen of a given size.
/// </summary>
public static class Edid
{
    /// <summary>Bytes of the block.</summary>
    public const int Length = 128;

    private const int MaxActive = 4095;
    private const uint HorizontalBlank = 160;
    private const uint HorizontalFront = 48;
    private const uint HorizontalSync = 32;
    private const uint VerticalFront = 3;
    private const uint VerticalSync = 6;
    private const uint MinVerticalBack = 6;

    // Reduced blanking keeps at least 460 us of a frame dark (VESA CVT 1.1, 3.4.2).
    private const uint BlankMicroseconds = 460;
    private const uint MaxClock10Khz = 65535;

    // 3.4 of the standard: checksum is the last byte; descriptors of 18 bytes from 54 on.
    private const int FirstDescriptor = 54;
    private const int DescriptorLength = 18;

    private static ReadOnlySpan<byte> Header => [0x00, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x00];

    // 3.7: sRGB primaries and D65 white.
    private static ReadOnlySpan<byte> Chromaticity => [0xEE, 0x91, 0xA3, 0x54, 0x4C, 0x99, 0x26, 0x0F, 0x50, 0x54];

    /// <summary>Writes the block.</summary>
    /// <param name="edid">Where, <see cref="Length"/> bytes.</param>
    /// <param name="width">The screen's pixels in a line; the preferred mode. Figures above 4095 do not fit and are cut.</param>
    /// <param name="height">The screen's lines.</param>
    public static void Write(Span<byte> edid, uint width, uint height)
    {
        width = Math.Min(width, MaxActive) & ~1u;
        height = Math.Min(height, MaxActive);
        edid = edid.Slice(0, Length);
        edid.Clear();
        Header.CopyTo(edid);
        BinaryPrimitives.WriteUInt16BigEndian(edid.Slice(8), Manufacturer('H', 'Y', 'C'));
        BinaryPrimitives.WriteUInt16LittleEndian(edid.Slice(10), 1); // product
        edid[17] = 36; // made in 2026
        edid[18] = 1;
        edid[19] = 4;
        edid[20] = 0xA5; // digital, 8 bits a colour, DisplayPort
        (uint widthMm, uint heightMm) = (Millimetres(width), Millimetres(height));
        edid[21] = (byte)Math.Clamp(widthMm / 10, 1, 255);
        edid[22] = (byte)Math.Clamp(heightMm / 10, 1, 255);
        edid[23] = 120; // gamma 2.2
        edid[24] = 0x06; // sRGB; the first detailed timing is the screen's own size
        Chromaticity.CopyTo(edid.Slice(25));
        edid[35] = 0x21; // 640x480 and 800x600 at 60 Hz
        edid[36] = 0x08; // 1024x768 at 60 Hz
        WriteStandardTimings(edid.Slice(38, 16));
        WriteDetailedTiming(edid.Slice(FirstDescriptor, DescriptorLength), width, height, widthMm, heightMm);
        WriteRange(edid.Slice(FirstDescriptor + DescriptorLength, DescriptorLength));
        WriteText(edid.Slice(FirstDescriptor + (2 * DescriptorLength), DescriptorLength), 0xFC, "HyperCore"u8);
        edid[FirstDescriptor + (3 * DescriptorLength) + 3] = 0x10; // nothing more
        byte sum = 0;
        for (int i = 0; i < Length - 1; i++)
        {
            sum += edid[i];
        }

        edid[Length - 1] = (byte)-sum;
    }

    // Three letters of five bits.
    private static ushort Manufacturer(char first, char second, char third) => (ushort)(((first - '@') << 10) | ((second - '@') << 5) | (third - '@'));

    // At 96 dots an inch.
    private static uint Millimetres(uint pixels) => pixels * 254 / 960;

    // 3.9: (width / 8) - 31, and in bits 7:6 the ratio 0 = 16:10, 1 = 4:3, 2 = 5:4, 3 = 16:9, at 60 Hz.
    private static void WriteStandardTimings(Span<byte> timings)
    {
        ReadOnlySpan<byte> modes =
        [
            (1280 / 8) - 31, 0xC0, // 1280x720
            (1280 / 8) - 31, 0x00, // 1280x800
            (1280 / 8) - 31, 0x80, // 1280x1024
            (1440 / 8) - 31, 0x00, // 1440x900
            (1600 / 8) - 31, 0xC0, // 1600x900
            (1680 / 8) - 31, 0x00, // 1680x1050
            (1920 / 8) - 31, 0xC0, // 1920x1080
            (1920 / 8) - 31, 0x00, // 1920x1200
        ];
        modes.CopyTo(timings);
    }

    // 3.10.2, with the blanking of VESA CVT 1.1's reduced blanking.
    private static void WriteDetailedTiming(Span<byte> timing, uint width, uint height, uint widthMm, uint heightMm)
    {
        uint clock = MaxClock10Khz + 1;
        uint verticalBlank = 0;
        for (uint refresh = 60; clock > MaxClock10Khz; refresh -= 10)
        {
            // Lines so that the blank part lasts long enough: blank / (height + blank) of a frame.
            ulong frame = 1_000_000 / refresh;
            verticalBlank = (uint)(((ulong)height * BlankMicroseconds) / (frame - BlankMicroseconds)) + 1;
            verticalBlank = Math.Max(verticalBlank, VerticalFront + VerticalSync + MinVerticalBack);
            clock = (uint)((ulong)(width + HorizontalBlank) * (height + verticalBlank) * refresh / 10_000);
        }

        BinaryPrimitives.WriteUInt16LittleEndian(timing, (ushort)clock);
        timing[2] = (byte)width;
        timing[3] = (byte)HorizontalBlank;
        timing[4] = (byte)(((width >> 8) << 4) | (HorizontalBlank >> 8));
        timing[5] = (byte)height;
        timing[6] = (byte)verticalBlank;
        timing[7] = (byte)(((height >> 8) << 4) | (verticalBlank >> 8));
        timing[8] = (byte)HorizontalFront;
        timing[9] = (byte)HorizontalSync;
        timing[10] = (byte)((VerticalFront << 4) | VerticalSync);
        timing[12] = (byte)widthMm;
        timing[13] = (byte)heightMm;
        timing[14] = (byte)(((widthMm >> 8) << 4) | (heightMm >> 8));
        timing[17] = 0x1A; // separate sync, horizontal positive
    }

    // 3.10.3.3: 30 to 75 Hz, 15 to 255 kHz, any clock; no formula for timings.
    private static void WriteRange(Span<byte> descriptor)
    {
        descriptor[3] = 0xFD;
        descriptor[5] = 30;
        descriptor[6] = 75;
        descriptor[7] = 15;
        descriptor[8] = 255;
        descriptor[9] = 66;
        descriptor[10] = 0x01;
        descriptor[11] = 0x0A;
        descriptor.Slice(12).Fill(0x20);
    }

    // 3.10.3: up to 13 characters, then a line feed, then blanks.
    private static void WriteText(Span<byte> descriptor, byte tag, ReadOnlySpan<byte> text)
    {
        descriptor[3] = tag;
        text.CopyTo(descriptor.Slice(5));
        descriptor.Slice(5 + text.Length).Fill(0x20);
        descriptor[5 + text.Length] = 0x0A;
    }
}
