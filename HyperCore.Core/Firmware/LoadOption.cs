using System;
using System.Buffers.Binary;

namespace HyperCore.Core.Firmware;

/// <summary>
/// EFI_LOAD_OPTION, the contents of Boot#### (UEFI 2.10, 3.1.3): attributes, the length of the paths, a description that ends with a zero, paths,
/// and data for the program.
/// </summary>
public static class LoadOption
{
    /// <summary>The firmware boots it when it is its turn.</summary>
    public const uint Active = 1;

    private const int PathLengthOffset = 4;
    private const int DescriptionOffset = 6;

    /// <summary>Makes one without data for the program.</summary>
    /// <param name="description">What the firmware's boot menu shows.</param>
    /// <param name="path">The program's device path.</param>
    /// <param name="buffer">Where it goes.</param>
    /// <returns>Bytes of it; 0 when the buffer is too small.</returns>
    public static int Build(ReadOnlySpan<char> description, ReadOnlySpan<byte> path, Span<byte> buffer)
    {
        int pathOffset = DescriptionOffset + ((description.Length + 1) * sizeof(char));
        if (pathOffset + path.Length > buffer.Length || path.Length > ushort.MaxValue)
        {
            return 0;
        }

        BinaryPrimitives.WriteUInt32LittleEndian(buffer, Active);
        BinaryPrimitives.WriteUInt16LittleEndian(buffer.Slice(PathLengthOffset), (ushort)path.Length);
        for (int i = 0; i < description.Length; i++)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(buffer.Slice(DescriptionOffset + (i * sizeof(char))), description[i]);
        }

        BinaryPrimitives.WriteUInt16LittleEndian(buffer.Slice(pathOffset - sizeof(char)), 0);
        path.CopyTo(buffer.Slice(pathOffset));
        return pathOffset + path.Length;
    }

    /// <summary>Takes one apart.</summary>
    /// <param name="option">The contents of the variable.</param>
    /// <param name="attributes">Its attributes, <see cref="Active"/> among them.</param>
    /// <param name="description">Its description, two bytes a character.</param>
    /// <param name="path">Its device path: the first one, when it has several.</param>
    /// <returns>False when it is cut short, or its path is broken.</returns>
    public static bool TryParse(ReadOnlySpan<byte> option, out uint attributes, out ReadOnlySpan<byte> description, out ReadOnlySpan<byte> path)
    {
        attributes = 0;
        description = default;
        path = default;
        if (option.Length < DescriptionOffset)
        {
            return false;
        }

        int end = DescriptionOffset;
        while (end + sizeof(char) <= option.Length && BinaryPrimitives.ReadUInt16LittleEndian(option.Slice(end)) != 0)
        {
            end += sizeof(char);
        }

        int pathLength = BinaryPrimitives.ReadUInt16LittleEndian(option.Slice(PathLengthOffset));
        if (end + sizeof(char) > option.Length || pathLength > option.Length - end - sizeof(char)
            || !DevicePath.TryMeasure(option.Slice(end + sizeof(char), pathLength), out int length))
        {
            return false;
        }

        attributes = BinaryPrimitives.ReadUInt32LittleEndian(option);
        description = option.Slice(DescriptionOffset, end - DescriptionOffset);
        path = option.Slice(end + sizeof(char), length);
        return true;
    }
}
