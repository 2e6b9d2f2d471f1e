using System;
using System.Buffers.Binary;
using System.IO;
using System.IO.Compression;
using System.Text;

namespace HyperCore.Tests.Console;

/// <summary>Writes pictures of framebuffers, to look at (PNG specification, 3rd edition).</summary>
internal static class Png
{
    /// <summary>Writes pixels of the form 00RRGGBB.</summary>
    public static void Write(string path, ReadOnlySpan<uint> pixels, int width, int height, int pixelsPerLine)
    {
        using var data = new MemoryStream();
        using (var zlib = new ZLibStream(data, CompressionLevel.Fastest, leaveOpen: true))
        {
            byte[] line = new byte[(width * 3) + 1];
            for (int y = 0; y < height; y++)
            {
                for (int x = 0; x < width; x++)
                {
                    uint pixel = pixels[(y * pixelsPerLine) + x];
                    line[1 + (x * 3)] = (byte)(pixel >> 16);
                    line[2 + (x * 3)] = (byte)(pixel >> 8);
                    line[3 + (x * 3)] = (byte)pixel;
                }

                zlib.Write(line);
            }
        }

        byte[] header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        header[8] = 8;
        header[9] = 2;
        using FileStream file = File.Create(path);
        file.Write([0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A]);
        Chunk(file, "IHDR", header);
        Chunk(file, "IDAT", data.ToArray());
        Chunk(file, "IEND", []);
    }

    private static void Chunk(FileStream file, string type, ReadOnlySpan<byte> content)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, content.Length);
        file.Write(number);
        byte[] body = new byte[4 + content.Length];
        Encoding.ASCII.GetBytes(type, body);
        content.CopyTo(body.AsSpan(4));
        file.Write(body);
        BinaryPrimitives.WriteUInt32BigEndian(number, Crc(body));
        file.Write(number);
    }

    private static uint Crc(ReadOnlySpan<byte> bytes)
    {
        uint crc = 0xFFFF_FFFF;
        foreach (byte b in bytes)
        {
            crc ^= b;
            for (int i = 0; i < 8; i++)
            {
                crc = (crc >> 1) ^ ((crc & 1) * 0xEDB8_8320);
            }
        }

        return ~crc;
    }
}
