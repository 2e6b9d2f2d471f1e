using System;
using System.Buffers.Binary;

namespace HyperCore.Core.Network;

/// <summary>The checksum of IP, TCP and UDP (RFC 1071): the ones' complement of the ones' complement sum of 16-bit words.</summary>
public static class InternetChecksum
{
    /// <summary>Adds bytes to a sum. The order of bytes does not matter (RFC 1071, 2(B)), so the words are taken as they lie in memory.</summary>
    /// <param name="sum">What was added before, at an even offset.</param>
    /// <param name="data">The bytes; behind the last of an odd number a zero is added.</param>
    public static ulong Add(ulong sum, ReadOnlySpan<byte> data)
    {
        while (data.Length >= sizeof(ulong))
        {
            ulong value = BinaryPrimitives.ReadUInt64LittleEndian(data);
            sum += (value >> 32) + (uint)value;
            data = data.Slice(sizeof(ulong));
        }

        for (int i = 0; i < data.Length; i++)
        {
            sum += (ulong)data[i] << (8 * (i & 1));
        }

        return sum;
    }

    /// <summary>Adds a number as it is sent: in network order, two bytes of it.</summary>
    public static ulong Add(ulong sum, ushort value) => sum + BinaryPrimitives.ReverseEndianness(value);

    /// <summary>What is stored, as it lies in memory.</summary>
    public static ushort Finish(ulong sum)
    {
        sum = (sum >> 32) + (uint)sum;
        sum = (sum >> 16) + (ushort)sum;
        sum = (sum >> 16) + (ushort)sum;
        sum = (sum >> 16) + (ushort)sum;
        return (ushort)~sum;
    }
}
