package s3

import (
	"encoding/xml"
	"fmt"
	"net/http"
)

const namespace = ` xmlns="http://s3.amazonaws.com/doc/2006-03-01/"`

// unset is what S3 answers about a setting that nobody has made: an error, or a default.
type unset struct {
	code, message string
	document      string // %s is the owner
}

// unsetBucket has the settings of a bucket that can be asked for. They cannot be made.
var unsetBucket = map[string]unset{
	"policy":            {code: "NoSuchBucketPolicy", message: "The bucket policy does not exist"},
	"cors":              {code: "NoSuchCORSConfiguration", message: "The CORS configuration does not exist"},
	"website":           {code: "NoSuchWebsiteConfiguration", message: "The specified bucket does not have a website configuration"},
	"lifecycle":         {code: "NoSuchLifecycleConfiguration", message: "The lifecycle configuration does not exist"},
	"replication":       {code: "ReplicationConfigurationNotFoundError", message: "The replication configuration was not found"},
	"object-lock":       {code: "ObjectLockConfigurationNotFoundError", message: "Object Lock configuration does not exist for this bucket"},
	"tagging":           {code: "NoSuchTagSet", message: "The TagSet does not exist"},
	"publicAccessBlock": {code: "NoSuchPublicAccessBlockConfiguration", message: "The public access block configuration was not found"},
	"ownershipControls": {code: "OwnershipControlsNotFoundError", message: "The bucket ownership controls were not found"},

	"encryption": {document: "<ServerSideEncryptionConfiguration" + namespace + "><Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>AES256</SSEAlgorithm>" +
		"</ApplyServerSideEncryptionByDefault><BucketKeyEnabled>false</BucketKeyEnabled></Rule></ServerSideEncryptionConfiguration>"},
	"requestPayment": {document: "<RequestPaymentConfiguration" + namespace + "><Payer>BucketOwner</Payer></RequestPaymentConfiguration>"},
	"logging":        {document: "<BucketLoggingStatus" + namespace + "/>"},
	"accelerate":     {document: "<AccelerateConfiguration" + namespace + "/>"},
	"notification":   {document: "<NotificationConfiguration" + namespace + "/>"},
	"versioning":     {document: "<VersioningConfiguration" + namespace + "/>"},
	"acl":            {document: privateACL},
}

const privateACL = "<AccessControlPolicy" + namespace + `><Owner><ID>%[1]s</ID></Owner><AccessControlList><Grant>` +
	`<Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="CanonicalUser"><ID>%[1]s</ID></Grantee>` +
	`<Permission>FULL_CONTROL</Permission></Grant></AccessControlList></AccessControlPolicy>`

func (u unset) write(c *call) error {
	if u.code != "" {
		return fail(http.StatusNotFound, u.code, "%s", u.message)
	}
	text := u.document
	if text == privateACL {
		text = fmt.Sprintf(privateACL, c.server.owner)
	}
	_, err := c.out.Write([]byte(xml.Header + text))
	return err
}

// unsetObject answers for an object, which must exist, as unset does for a bucket.
func (c *call) unsetObject() error {
	if _, err := c.server.index.Object(c.r.Context(), c.bucket, c.key); err != nil {
		return err
	}
	if c.query.Has("acl") {
		return unsetBucket["acl"].write(c)
	}
	return unset{document: "<Tagging" + namespace + "><TagSet/></Tagging>"}.write(c)
}
