#if Remote
import Foundation
import LmonRecord
import LmonS3

/// What S3 answers to a list.
enum ListAnswer {
    /// `repeatsLast`: the page's last key stands there twice.
    static func xml(_ page: ObjectShelf.Page, repeatsLast: Bool) -> [UInt8] {
        var text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        text += "<ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><EncodingType>url</EncodingType>"
        for folder in page.folders {
            text += "<CommonPrefixes><Prefix>\(PercentEncoding.encode(folder, keeping: "/"))</Prefix></CommonPrefixes>"
        }
        for item in page.objects { text += Self.contents(item) }
        if repeatsLast, let last = page.objects.last { text += Self.contents(last) }
        text += "<IsTruncated>\(page.goesOn)</IsTruncated>"
        if page.goesOn, let last = page.objects.last?.key {
            text += "<NextContinuationToken>\(last)</NextContinuationToken>"
        }
        return Array("\(text)</ListBucketResult>".utf8)
    }

    private static func contents(_ item: (key: String, object: ObjectShelf.Object)) -> String {
        let time = Timestamp(microseconds: item.object.putAt * 1000)
        return "<Contents><Key>\(PercentEncoding.encode(item.key, keeping: "/"))</Key><LastModified>\(time)"
            + "</LastModified><Size>\(item.object.body.count)</Size></Contents>"
    }

    /// As the field `Date` has it.
    static func date(_ milliseconds: Int64) -> String {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = TimeZone(identifier: "GMT")
        formatter.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
        return formatter.string(from: Date(timeIntervalSince1970: Double(milliseconds) / 1000))
    }
}
#endif
