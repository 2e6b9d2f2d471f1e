using System;
using System.Buffers.Binary;
using System.Text;

namespace HyperCore.Tool.Firmware;

/// <summary>What a Boot#### variable holds: an EFI_LOAD_OPTION. (UEFI 2.10, 3.1.3.)</summary>
/// <param name="Attributes">LOAD_OPTION_ACTIVE and others.</param>
/// <param name="Description">What the firmware's menu shows.</param>
/// <param name="FilePathList">The device path of what is started.</param>
/// <param name="OptionalData">What is handed to it.</param>
internal sealed record LoadOption(uint Attributes, string Description, byte[] FilePathList, byte[] OptionalData)
{
    /// <summary>LOAD_OPTION_ACTIVE: the firmware's boot manager may start it by itself.</summary>
    public const uint Active = 1;

    private const int DescriptionOffset = 6;

    /// <summary>Reads a variable's data.</summary>
    /// <returns>Null when it is damaged.</returns>
    public static LoadOption? Decode(ReadOnlySpan<byte> data)
    {
        if (data.Length < DescriptionOffset + sizeof(char))
        {
            return null;
        }

        int pathLength = BinaryPrimitives.ReadUInt16LittleEndian(data[4..]);
        int end = DescriptionOffset;
        while (end + 1 < data.Length && (data[end] | data[end + 1]) != 0)
        {
            end += sizeof(char);
        }

        int path = end + sizeof(char);
        return path + pathLength > data.Length
            ? null
            : new LoadOption(
                BinaryPrimitives.ReadUInt32LittleEndian(data),
                Encoding.Unicode.GetString(data[DescriptionOffset..end]),
                data.Slice(path, pathLength).ToArray(),
                data[(path + pathLength)..].ToArray());
    }

    /// <summary>The variable's data.</summary>
    public byte[] Encode()
    {
        int path = DescriptionOffset + ((Description.Length + 1) * sizeof(char));
        byte[] data = new byte[path + FilePathList.Length + OptionalData.Length];
        BinaryPrimitives.WriteUInt32LittleEndian(data, Attributes);
        BinaryPrimitives.WriteUInt16LittleEndian(data.AsSpan(4), (ushort)FilePathList.Length);
        Encoding.Unicode.GetBytes(Description, data.AsSpan(DescriptionOffset));
        FilePathList.CopyTo(data, path);
        OptionalData.CopyTo(data, path + FilePathList.Length);
        return data;
    }
}
