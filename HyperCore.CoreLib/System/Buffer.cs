using System.Runtime.CompilerServices;

namespace System;

public static unsafe class Buffer
{
    public static void MemoryCopy(void* source, void* destination, ulong destinationSizeInBytes, ulong sourceBytesToCopy)
    {
        if (sourceBytesToCopy > destinationSizeInBytes)
        {
            ThrowHelper.ThrowArgumentOutOfRange();
        }

        SpanHelpers.Memmove(ref *(byte*)destination, ref *(byte*)source, (nuint)sourceBytesToCopy);
    }

    public static void BlockCopy(Array src, int srcOffset, Array dst, int dstOffset, int count)
    {
        nuint sourceBytes = (nuint)src.Length * src.ElementSize;
        nuint destinationBytes = (nuint)dst.Length * dst.ElementSize;
        if (srcOffset < 0 || dstOffset < 0 || count < 0
            || (nuint)srcOffset > sourceBytes || (nuint)count > sourceBytes - (nuint)srcOffset
            || (nuint)dstOffset > destinationBytes || (nuint)count > destinationBytes - (nuint)dstOffset)
        {
            ThrowHelper.ThrowArgumentOutOfRange();
        }

        SpanHelpers.Memmove(
            ref Unsafe.Add(ref dst.GetRawArrayData(), (nuint)dstOffset),
            ref Unsafe.Add(ref src.GetRawArrayData(), (nuint)srcOffset),
            (nuint)count);
    }

    internal static void BulkMoveWithWriteBarrier(ref byte destination, ref byte source, nuint byteCount) => SpanHelpers.Memmove(ref destination, ref source, byteCount);

    internal static void Memmove<T>(ref T destination, ref T source, nuint elementCount) => SpanHelpers.Memmove(ref destination, ref source, elementCount);
}
