using System;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace HyperCore.SelfTest.Tests;

/// <summary>Spans and raw memory.</summary>
internal static unsafe class SpanTests
{
    internal static void Run()
    {
        Span<byte> bytes = stackalloc byte[64];
        for (int i = 0; i < bytes.Length; i++)
        {
            bytes[i] = (byte)i;
        }

        Report.Equal("span.slice", 12, bytes.Slice(10, 4)[2]);
        Report.Equal("span.index-of", 33, bytes.IndexOf((byte)33));
        Report.Equal("span.index-of-sequence", 20, bytes.IndexOf((ReadOnlySpan<byte>)[20, 21, 22]));
        Report.Check("span.sequence-equal", bytes.Slice(5, 3).SequenceEqual((ReadOnlySpan<byte>)[5, 6, 7]) && !bytes.Slice(5, 3).SequenceEqual((ReadOnlySpan<byte>)[5, 6, 8]), "wrong");
        Report.Check("span.starts-with", ((ReadOnlySpan<byte>)bytes).StartsWith((ReadOnlySpan<byte>)[0, 1, 2]) && "abc".AsSpan().StartsWith("ab"), "wrong");

        CopyAllSizes();

        bytes.Slice(8, 8).Clear();
        bytes.Slice(9, 3).Fill(0xEE);
        Report.Equal("span.fill-clear", 0xEE_EEEE_00, BinaryPrimitives.ReadUInt32LittleEndian(bytes.Slice(8)));
        Report.Equal("binary.big-endian", 0x0010_1112_1314, (long)(BinaryPrimitives.ReadUInt64BigEndian(bytes.Slice(15)) >> 16) & 0xFFFF_FFFF_FFFF);
        BinaryPrimitives.WriteUInt32BigEndian(bytes, 0x0102_0304);
        Report.Equal("binary.write-big-endian", 0x0403_0201, BinaryPrimitives.ReadUInt32LittleEndian(bytes));
        BinaryPrimitives.WriteUInt16LittleEndian(bytes, 0xBEEF);
        Report.Equal("binary.write-little-endian", 0xBEEF, bytes[0] | (bytes[1] << 8));

        Span<uint> words = MemoryMarshal.Cast<byte, uint>(bytes.Slice(16, 16));
        Report.Equal("marshal.cast", 4, words.Length);
        Report.Equal("marshal.cast-value", 0x1716_1514, words[1]);
        var header = new Header { Tag = 0x55, Size = 0x1234_5678, Value = 0xAAAA };
        MemoryMarshal.Write(bytes, in header);
        Report.Equal("marshal.write-packed", 0x3456_7855, BinaryPrimitives.ReadInt32LittleEndian(bytes));
        Report.Equal("marshal.read", 0xAAAA, MemoryMarshal.Read<Header>(bytes).Value);
        Report.Equal("marshal.size", 7, Unsafe.SizeOf<Header>());
        Report.Equal("marshal.as-bytes", 8, MemoryMarshal.AsBytes(words.Slice(0, 2)).Length);

        ref byte reference = ref MemoryMarshal.GetReference(bytes);
        Report.Equal("unsafe.add", bytes[40], Unsafe.Add(ref reference, 40));
        ulong value = 0x1122_3344_5566_7788;
        Report.Equal("unsafe.as", 0x88, Unsafe.As<ulong, byte>(ref value));
        Unsafe.WriteUnaligned(ref Unsafe.Add(ref reference, 33), value);
        Report.Equal("unsafe.unaligned", (long)value, Unsafe.ReadUnaligned<long>(ref Unsafe.Add(ref reference, 33)));
        Fixed fixedBuffer = default;
        fixedBuffer.Bytes[3] = 9;
        Report.Equal("unsafe.fixed-buffer", 9, *((byte*)&fixedBuffer + 3));
        fixed (char* text = "pinned")
        {
            Report.Equal("unsafe.fixed-string", 'n', text[2]);
        }

        Report.Equal("span.trim", "a b", "  a b \t".AsSpan().Trim());
        Report.Equal("span.to-array", 3, bytes.Slice(0, 3).ToArray().Length);
        Report.Check("span.copy-too-long", !bytes.TryCopyTo(stackalloc byte[3]), "copied");
    }

    // Every length that takes another way through the copy routine, in both directions of overlap.
    private static void CopyAllSizes()
    {
        var source = new byte[200];
        var target = new byte[200];
        bool ok = true;
        for (int length = 0; length <= 100 && ok; length++)
        {
            for (int shift = -40; shift <= 40 && ok; shift += 1)
            {
                for (int i = 0; i < source.Length; i++)
                {
                    source[i] = (byte)((i * 7) + 1);
                    target[i] = source[i];
                }

                source.AsSpan(50, length).CopyTo(source.AsSpan(50 + shift));
                for (int i = 0; i < source.Length; i++)
                {
                    bool inside = i >= 50 + shift && i < 50 + shift + length;
                    ok &= source[i] == (inside ? target[i - shift] : target[i]);
                }
            }
        }

        Report.Check("span.copy-overlapping", ok, "wrong bytes");

        ok = true;
        for (int length = 0; length <= 70; length++)
        {
            Array.Clear(target);
            target.AsSpan(20, length).Fill(0xA5);
            for (int i = 0; i < target.Length; i++)
            {
                ok &= target[i] == (i >= 20 && i < 20 + length ? 0xA5 : 0);
            }
        }

        Report.Check("span.fill-all-sizes", ok, "wrong bytes");
    }

    [StructLayout(LayoutKind.Sequential, Pack = 1)]
    private struct Header
    {
        internal byte Tag;
        internal uint Size;
        internal ushort Value;
    }

    private struct Fixed
    {
        internal fixed byte Bytes[8];
    }
}
