using System;

namespace HyperCore.Core.Network;

/// <summary>The layout of an Ethernet frame without preamble and frame check sequence (IEEE 802.3-2018, 3.2).</summary>
public static class EthernetFrame
{
    /// <summary>Destination, source and type.</summary>
    public const int HeaderSize = 14;

    /// <summary>The most bytes of a packet inside (3.2.7).</summary>
    public const int MaxPayload = 1500;

    /// <summary>The longest frame.</summary>
    public const int MaxSize = HeaderSize + MaxPayload;

    /// <summary>The longest frame with an 802.1Q tag, which is not counted as payload (3.2.7, 802.1Q 9.3).</summary>
    public const int MaxTaggedSize = MaxSize + 4;

    /// <summary>What is shorter than that has zeroes behind it on a wire (3.2.8): 64 bytes less the frame check sequence.</summary>
    public const int MinWireSize = 60;

    private const int TypeOffset = 12;
    private const int TaggedType = 0x8100;

    /// <summary>For whom the frame is.</summary>
    /// <param name="frame">At least <see cref="HeaderSize"/> bytes.</param>
    public static MacAddress Destination(ReadOnlySpan<byte> frame) => MacAddress.Read(frame);

    /// <summary>From whom the frame says it is.</summary>
    /// <param name="frame">At least <see cref="HeaderSize"/> bytes.</param>
    public static MacAddress Source(ReadOnlySpan<byte> frame) => MacAddress.Read(frame.Slice(MacAddress.Size));

    /// <summary>It has a header, and is no longer than a network takes.</summary>
    public static bool HasValidLength(ReadOnlySpan<byte> frame)
    {
        if (frame.Length < HeaderSize)
        {
            return false;
        }

        bool isTagged = ((frame[TypeOffset] << 8) | frame[TypeOffset + 1]) == TaggedType;
        return frame.Length <= (isTagged ? MaxTaggedSize : MaxSize);
    }
}
