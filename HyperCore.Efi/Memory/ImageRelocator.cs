using System;
using HyperCore.Core.Image;

namespace HyperCore.Efi.Memory;

/// <summary>
/// Makes a second image out of the running one. Nothing here allocates or touches a static, and neither may anything before it: the copy must be
/// the image as the firmware loaded it.
/// </summary>
internal static unsafe class ImageRelocator
{
    /// <summary>Copies the image and binds the copy to where it is.</summary>
    /// <param name="source">Where the firmware loaded the image and bound it to.</param>
    /// <param name="destination">Where the copy goes.</param>
    /// <param name="size">Bytes of the image.</param>
    /// <returns>False when the image has no base relocations, or they cannot be understood.</returns>
    public static bool TryCopy(byte* source, byte* destination, ulong size)
    {
        if (size > int.MaxValue)
        {
            return false;
        }

        var copy = new Span<byte>(destination, (int)size);
        new ReadOnlySpan<byte>(source, (int)size).CopyTo(copy);
        return PeImage.TryParse(copy, out PeImage image) && image.TryRelocate((ulong)destination - (ulong)source);
    }
}
