using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.IO;
using System.IO.Compression;
using System.Text;

namespace HyperCore.Tests.Harness;

/// <summary>A picture of the machine's screen.</summary>
internal sealed class Screenshot
{
    private readonly byte[] _pixels;

    private Screenshot(int width, int height, byte[] pixels)
    {
        Width = width;
        Height = height;
        _pixels = pixels;
    }

    /// <summary>Pixels in a row.</summary>
    public int Width { get; }

    /// <summary>Rows.</summary>
    public int Height { get; }

    /// <summary>A pixel as 0xRRGGBB.</summary>
    public int this[int x, int y]
    {
        get
        {
            int at = ((y * Width) + x) * 3;
            return (_pixels[at] << 16) | (_pixels[at + 1] << 8) | _pixels[at + 2];
        }
    }

    /// <summary>How many colours there are.</summary>
    public int CountColours()
    {
        var colours = new HashSet<int>();
        for (int i = 0; i < _pixels.Length; i += 3)
        {
            colours.Add((_pixels[i] << 16) | (_pixels[i + 1] << 8) | _pixels[i + 2]);
        }

        return colours.Count;
    }

    /// <summary>The share of the pixels that are not black.</summary>
    public double ShareNotBlack() => ShareOf((x, y) => this[x, y] != 0);

    /// <summary>The share of the pixels that are different in another picture; 1 when its size is.</summary>
    public double ShareDifferent(Screenshot other) => other.Width != Width || other.Height != Height ? 1 : ShareOf((x, y) => this[x, y] != other[x, y]);

    /// <summary>Reads a binary PPM with 8 bits a colour, as QEMU's screendump writes it.</summary>
    /// <exception cref="InvalidDataException">It is something else, or too short.</exception>
    public static Screenshot ParsePpm(ReadOnlySpan<byte> file)
    {
        int at = 0;
        if (NextWord(file, ref at) != "P6")
        {
            throw new InvalidDataException("the screendump is no binary PPM");
        }

        int width = int.Parse(NextWord(file, ref at));
        int height = int.Parse(NextWord(file, ref at));
        int depth = int.Parse(NextWord(file, ref at));
        int length = width * height * 3;
        if (depth != 255 || file.Length - at < length)
        {
            throw new InvalidDataException($"the screendump is of {width}x{height} with colours up to {depth}, but has only {file.Length} bytes");
        }

        return new Screenshot(width, height, file.Slice(at, length).ToArray());
    }

    /// <summary>Writes a PNG (RFC 2083): 8 bits a colour, no filter.</summary>
    public void SavePng(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            for (int y = 0; y < Height; y++)
            {
                zlib.WriteByte(0);
                zlib.Write(_pixels, y * Width * 3, Width * 3);
            }
        }

        Span<byte> header = stackalloc byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, Width);
        BinaryPrimitives.WriteInt32BigEndian(header[4..], Height);
        header[8] = 8;
        header[9] = 2;
        using FileStream file = File.Create(path);
        file.Write([0x89, .. "PNG\r\n"u8, 0x1A, (byte)'\n']);
        WriteChunk(file, "IHDR"u8, header);
        WriteChunk(file, "IDAT"u8, packed.ToArray());
        WriteChunk(file, "IEND"u8, []);
    }

    private static void WriteChunk(FileStream file, ReadOnlySpan<byte> type, ReadOnlySpan<byte> data)
    {
        byte[] body = [.. type, .. data];
        Span<byte> word = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(word, data.Length);
        file.Write(word);
        file.Write(body);
        BinaryPrimitives.WriteUInt32BigEndian(word, Crc(body));
        file.Write(word);
    }

    // RFC 2083, 3.4: the CRC of ITU-T V.42.
    private static uint Crc(byte[] data)
    {
        uint crc = uint.MaxValue;
        foreach (byte value in data)
        {
            crc ^= value;
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (crc >> 1) ^ ((crc & 1) * 0xEDB8_8320);
            }
        }

        return ~crc;
    }

    private static string NextWord(ReadOnlySpan<byte> file, ref int at)
    {
        var word = new StringBuilder();
        while (at < file.Length && !char.IsWhiteSpace((char)file[at]))
        {
            word.Append((char)file[at++]);
        }

        at++;
        return word.ToString();
    }

    private double ShareOf(Func<int, int, bool> holds)
    {
        int count = 0;
        for (int y = 0; y < Height; y++)
        {
            for (int x = 0; x < Width; x++)
            {
                count += holds(x, y) ? 1 : 0;
            }
        }

        return (double)count / (Width * Height);
    }
}
